"""Compare how often two batches have the values or patterns that are most frequent in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sluice.domain import Share

_MIN_EXPECTED = 5  # expected rows below which a category is compared together with the rest


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Hold the most frequent values of a batch.

    Attributes:
        entries: Values with their number of rows.
        rows: Number of rows that have a value.
        basis: Number of rows from which the numbers are known: all, or those of a sample.
        unlisted: Largest number of rows that a value may have which is not listed, of the basis; 0 where all are listed.
    """

    entries: Sequence[Share]
    rows: int
    basis: int
    unlisted: float = 0.0

    def counts(self) -> Mapping[str, float]:
        """Return the number of rows by value, of the basis."""
        return {value: count * self.basis / self.rows for value, count in self.entries} if self.rows else {}


@dataclass(frozen=True, slots=True)
class ShareMove:
    """Hold how the share of a value moved.

    Attributes:
        value: The value or pattern.
        before: Its share before; None where it is not listed.
        after: Its share after.
    """

    value: str
    before: float | None
    after: float | None


def common_counts(before: Frequencies, after: Frequencies) -> tuple[list[str], list[float], list[float]]:
    """Return the values that can be compared, and their number of rows in both batches, with that of all others last.

    A value that one batch does not list may have so many rows there as the rarest listed one: the number in question is the one that differs least.

    Args:
        before: Values of the one batch.
        after: Values of the other one.
    """
    first, second = before.counts(), after.counts()
    values, pairs = [], []
    for value in dict.fromkeys((*first, *second)):
        pair = first.get(value, _nearest(before, second.get(value, 0.0), after)), second.get(value, _nearest(after, first.get(value, 0.0), before))
        expected = sum(pair) * min(before.basis, after.basis) / max(before.basis + after.basis, 1)
        if expected >= _MIN_EXPECTED:
            values.append(value)
            pairs.append(pair)
    rest = [max(basis - sum(counts), 0.0) for basis, counts in zip((before.basis, after.basis), zip(*pairs, strict=True) if pairs else ((), ()), strict=True)]
    return values, [*(pair[0] for pair in pairs), rest[0]], [*(pair[1] for pair in pairs), rest[1]]


def _nearest(missing: Frequencies, count: float, listed: Frequencies) -> float:
    """Return the possible number of rows of a value that is not listed which is nearest to its number in the other batch."""
    return min(count * missing.basis / listed.basis, missing.unlisted) if listed.basis else 0.0


def share_moves(before: Frequencies, after: Frequencies, values: Sequence[str]) -> list[ShareMove]:
    """Return how the shares of values moved, the largest difference first.

    Args:
        before: Values of the one batch.
        after: Values of the other one.
        values: The values that can be compared.
    """
    first, second = dict(before.entries), dict(after.entries)
    moves = [ShareMove(value, _share(first.get(value), before), _share(second.get(value), after)) for value in values]
    return sorted(moves, key=lambda move: -abs((move.after or 0.0) - (move.before or 0.0)))


def _share(count: int | None, frequencies: Frequencies) -> float | None:
    return None if count is None else count / frequencies.rows
