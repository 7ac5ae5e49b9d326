"""Tell which columns two batches do not share, or hold in other types: their profiles cannot be compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sluice.domain import BatchProfile, Message


@dataclass(frozen=True, slots=True)
class ColumnChanges:
    """Hold the columns of two batches that cannot be compared.

    Attributes:
        before: Names of the columns that the one batch alone has.
        after: Names of the columns that the other one alone has.
        types: Names of the columns that both have, with the type in either.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    types: tuple[tuple[str, str, str], ...]

    def of_column(self, column: str) -> ColumnChanges:
        """Return what of it concerns one column."""
        before, after = (tuple(name for name in names if name == column) for names in (self.before, self.after))
        return ColumnChanges(before, after, tuple(change for change in self.types if change[0] == column))


def compare_columns(before: BatchProfile, after: BatchProfile) -> ColumnChanges:
    """Return which columns two batches do not share, in the order of their declarations.

    Args:
        before: Profile of the one batch.
        after: Profile of the other one.

    Example:
        >>> from datetime import UTC, datetime
        >>> from sluice.domain import ColumnProfile
        >>> day = datetime(2026, 3, 14, tzinfo=UTC)
        >>> price, brand = (ColumnProfile(name, "string", 9, 0, 0, 2) for name in ("price", "brand"))
        >>> compare_columns(BatchProfile("a", day, (price,)), BatchProfile("b", day, (price, brand))).after
        ('brand',)
    """
    pairs = [(former, column) for column in after.columns if (former := before.column(column.column))]
    types = tuple((one.column, one.type, other.type) for one, other in pairs if one.type != other.type)
    return ColumnChanges(_missing(before, after), _missing(after, before), types)


def _missing(batch: BatchProfile, other: BatchProfile) -> tuple[str, ...]:
    return tuple(one.column for one in batch.columns if other.column(one.column) is None)


def column_messages(changes: ColumnChanges, runs: Sequence[str]) -> Iterator[Message]:
    """Yield the changes in sentences.

    Args:
        changes: The columns that cannot be compared.
        runs: Ids of the runs of both batches.
    """
    for run, names in zip(runs, (changes.before, changes.after), strict=True):
        if names:
            yield Message.of("profile_columns_of_one", run=run, count=len(names), columns=", ".join(names))
    for column, *types in changes.types:
        yield Message.of("profile_types", column=column, before=types[0], after=types[1])
