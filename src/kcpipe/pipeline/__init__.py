"""The list that joins the stages, the keys of their results, and the run from inputs to a published release.

`STAGES` says what each stage needs and makes; nothing else knows the order.
"""

from __future__ import annotations

from kcpipe.pipeline.build import Opened, Outcome, carry_on, opened, run
from kcpipe.pipeline.engine import Engine, Processes, cores, engine, spread
from kcpipe.pipeline.extract import Batch, Each, carry_out, extract, in_batches, in_turn, work_on
from kcpipe.pipeline.ingest import ingest
from kcpipe.pipeline.keys import GROUND, extraction_key, lexicons_of, stage_keys
from kcpipe.pipeline.lineage import accuracy
from kcpipe.pipeline.stages import STAGES, Stage, language_model

__all__ = [
    "GROUND",
    "STAGES",
    "Batch",
    "Each",
    "Engine",
    "Opened",
    "Outcome",
    "Processes",
    "Stage",
    "accuracy",
    "carry_on",
    "carry_out",
    "cores",
    "engine",
    "extract",
    "extraction_key",
    "in_batches",
    "in_turn",
    "ingest",
    "language_model",
    "lexicons_of",
    "opened",
    "run",
    "spread",
    "stage_keys",
    "work_on",
]
