"""The list that joins the stages, the keys of their results, and the run from inputs to a published release.

`STAGES` says what each stage needs and makes; nothing else knows the order.
"""

from __future__ import annotations

from kcpipe.pipeline.build import Outcome, run, unchanged
from kcpipe.pipeline.engine import Engine, Processes, cores, engine, spread
from kcpipe.pipeline.extract import Batch, Each, carry_out, in_turn
from kcpipe.pipeline.keys import GROUND, extraction_key, lexicons_of, stage_keys
from kcpipe.pipeline.lineage import accuracy
from kcpipe.pipeline.stages import STAGES, Stage, language_model

__all__ = [
    "GROUND",
    "STAGES",
    "Batch",
    "Each",
    "Engine",
    "Outcome",
    "Processes",
    "Stage",
    "accuracy",
    "carry_out",
    "cores",
    "engine",
    "extraction_key",
    "in_turn",
    "language_model",
    "lexicons_of",
    "run",
    "spread",
    "stage_keys",
    "unchanged",
]
