"""Pass detectors to a plain Great Expectations suite, whose own form (JSON) has no place for them.

    with scoring({"autoencoder": scorer}, snapshot):
        suite.run(...)  # or a validation definition, or a checkpoint

Importing `checks.gx_anomaly` registers the expectations with Great Expectations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import polars as pl

from sluice.config import did_you_mean
from sluice.domain import ROW
from sluice.messages import render
from sluice.ports import PValues, Scorer, Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class ScoringContext:
    """Hold the detectors that a suite may ask, and the snapshot that they score against.

    Attributes:
        scorers: Detectors by name.
        snapshot: Snapshot that they learned from.
        calibration_rows: Number of accepted rows, or cells of a column, behind each answer, by detector and column.
    """

    scorers: Mapping[str, Scorer]
    snapshot: Snapshot
    calibration_rows: dict[tuple[str, str | None], int] = field(default_factory=dict)

    def score(self, detector: str, rows: pl.DataFrame, column: str | None) -> PValues:
        """Score rows with a detector; rows without ids are named by their positions.

        Raises:
            ModelError: The detector waits for history.
        """
        named = rows if ROW in rows.columns else rows.with_columns(pl.int_range(pl.len()).cast(pl.String).alias(ROW))
        scored = self.scorers[detector].p_values(named, self.snapshot, column)
        self.calibration_rows[detector, column] = scored.calibration_rows
        return scored


_CONTEXT: ContextVar[ScoringContext | None] = ContextVar("scoring_context", default=None)


@contextmanager
def scoring(scorers: Mapping[str, Scorer], snapshot: Snapshot) -> Iterator[None]:
    """Pass detectors to the suites that run while the context lasts.

    Args:
        scorers: Detectors by name.
        snapshot: Snapshot that they learned from.
    """
    token = _CONTEXT.set(ScoringContext(scorers, snapshot))
    try:
        yield
    finally:
        _CONTEXT.reset(token)


def scoring_context(detector: str) -> ScoringContext:
    """Return the current context.

    Raises:
        LookupError: There is none, or it holds no detector of that name.
    """
    context = _CONTEXT.get()
    if context is None:
        raise LookupError("no detector was passed: run the suite within `with scoring({name: scorer}, snapshot):`")
    if detector not in context.scorers:
        raise LookupError(f"no detector is called {detector}{render(did_you_mean(detector, list(context.scorers)))}")
    return context
