"""Hands detectors to a plain Great Expectations suite, whose own form (JSON) has no place for them.

    with scoring({"autoencoder": scorer}, past):
        suite.run(...)  # or a validation definition, or a checkpoint

Importing `checks.gx_anomaly` is what makes the expectations known to Great Expectations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import polars as pl

from sluice.config import did_you_mean
from sluice.domain import ROW
from sluice.ports import Scored, Scorer, Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Handed:
    """What a suite may ask, and the past that is asked about.

    Attributes:
        scorers: The detectors by name.
        snapshot: What they have learned from.
        counted: On how many accepted rows, or cells of a column, each answer was counted.
    """

    scorers: Mapping[str, Scorer]
    snapshot: Snapshot
    counted: dict[tuple[str, str | None], int] = field(default_factory=dict)

    def scored(self, detector: str, rows: pl.DataFrame, column: str | None) -> Scored:
        """A detector's answer; rows that have no ids are named by their places.

        Raises:
            ModelError: The detector waits for history.
        """
        named = rows if ROW in rows.columns else rows.with_columns(pl.int_range(pl.len()).cast(pl.String).alias(ROW))
        scored = self.scorers[detector].scored(named, self.snapshot, column)
        self.counted[detector, column] = scored.counted_on
        return scored


_HANDED: ContextVar[Handed | None] = ContextVar("handed", default=None)


@contextmanager
def scoring(scorers: Mapping[str, Scorer], snapshot: Snapshot) -> Iterator[None]:
    """Hand detectors in, by name, while the context lasts.

    Args:
        scorers: The detectors.
        snapshot: What they have learned from.
    """
    token = _HANDED.set(Handed(scorers, snapshot))
    try:
        yield
    finally:
        _HANDED.reset(token)


def handed(detector: str) -> Handed:
    """What was handed in.

    Raises:
        LookupError: Nothing was, or no detector of that name.
    """
    found = _HANDED.get()
    if found is None:
        raise LookupError("no detector was handed in: run the suite within `with scoring({name: scorer}, snapshot):`")
    if detector not in found.scorers:
        raise LookupError(f"no detector is called {detector}{did_you_mean(detector, list(found.scorers))}")
    return found
