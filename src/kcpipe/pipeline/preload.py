"""Imported for its effect: the process that workers are forked from has everything loaded, the language model, too."""

from __future__ import annotations

from kcpipe.pipeline.stages import language_model

language_model()
