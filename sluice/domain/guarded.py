"""Record how much of a dataset is guarded: which planted errors its rules, cleaners and detectors find."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import mean
from typing import TypeAlias

Counts: TypeAlias = tuple[int, int]  # planted, detected

_NOTHING = 0.05  # a share of at most this is what chance and flags on usual rows give


@dataclass(frozen=True, slots=True)
class Guarded:
    """Record what was found of errors that were planted into accepted rows.

    Attributes:
        dataset: Name of the dataset.
        at: When it was measured.
        snapshot: Number of the snapshot from which the rows were read.
        rules: Fingerprint of the run whose rows got the errors (`Run.fingerprint`).
        settings: Fingerprint of all that decides what is found: the dataset's settings and the detectors that are trained.
        rows: Number of rows that were judged.
        columns: By column, then by kind of error: how many cells got one, and how many of these were found.

    Example:
        >>> from datetime import UTC, datetime
        >>> columns = {"price": {"missing": (10, 10), "misspelt": (10, 5)}, "note": {"missing": (10, 0)}, "unused": {}}
        >>> guarded = Guarded("items", datetime(2026, 3, 1, tzinfo=UTC), 7, "a1", "b2", 100, columns)
        >>> guarded.shares, guarded.share, guarded.unguarded
        ({'price': 0.75, 'note': 0.0}, 0.375, ('note',))
        >>> guarded.limited_to(["price"]).share
        0.75
    """

    dataset: str
    at: datetime
    snapshot: int
    rules: str
    settings: str
    rows: int
    columns: Mapping[str, Mapping[str, Counts]]

    def limited_to(self, columns: Collection[str]) -> Guarded:
        """Return what was measured of some columns, such as those that are declared now."""
        return replace(self, columns={name: kinds for name, kinds in self.columns.items() if name in columns})

    @property
    def shares(self) -> dict[str, float]:
        """Return the share of found errors by column: the mean over the kinds of error. A column without a filled cell has none."""
        return {name: mean(detected / planted for planted, detected in kinds.values()) for name, kinds in self.columns.items() if kinds}

    @property
    def share(self) -> float | None:
        """Return the mean over the columns, each of which has as many cells; None where no cell is filled."""
        shares = self.shares
        return mean(shares.values()) if shares else None

    @property
    def unguarded(self) -> tuple[str, ...]:
        """Return the columns in which next to nothing is found."""
        return tuple(name for name, share in self.shares.items() if share <= _NOTHING)
