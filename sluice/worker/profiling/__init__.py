"""Profile the columns of a batch, in parts as well as a whole."""

from __future__ import annotations

from sluice.worker.profiling.evaluating import profiled

__all__ = ["profiled"]
