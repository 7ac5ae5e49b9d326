"""Profile the columns of a batch, in parts as well as a whole."""

from __future__ import annotations

from sluice.worker.profiling.evaluating import make_evaluator

__all__ = ["make_evaluator"]
