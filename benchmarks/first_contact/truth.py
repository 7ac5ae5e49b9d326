"""Describe what a generated file holds: the role of every column, and the right value of every cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Blank:
    """Mark a cell that is written empty, as its value stands in another row or follows from one.

    Attributes:
        value: The value that the row has all the same.
    """

    value: object


@dataclass(frozen=True, slots=True)
class Nothing:
    """Mark a cell whose word means on its platform that there is no value; it may be published as the word or as nothing."""

    word: str


def plain(value: object) -> str:
    """Write a value as most systems do: an empty cell for nothing, true and false, `19.90`, ISO times."""
    if value is None or isinstance(value, Blank):
        return ""
    if isinstance(value, Nothing):
        return value.word
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True, slots=True)
class Column:
    """Describe one column of an export.

    Attributes:
        name: Name in the header; for nested data its path.
        types: Types that are right for it; empty where any is, as for a column without values.
        write: Function that writes a value as the system does.
        personal: Whether its cells say who somebody is or where they live; None where people may differ, as of pseudonymous ids.
    """

    name: str
    types: tuple[str, ...]
    write: Callable[[Any], object] = plain
    personal: bool | None = False


def column(name: str, types: str = "string", write: Callable[[Any], object] = plain, *, personal: bool | None = False) -> Column:
    """Describe a column; several right types are separated by `|`, and `any` stands for all."""
    return Column(name, () if types == "any" else tuple(types.split("|")), write, personal)


@dataclass(frozen=True, slots=True)
class Table:
    """Describe one export of a system.

    Attributes:
        name: Name of the export, unique in its platform.
        columns: Its columns in order.
        keys: Keys that are right; an empty tuple among them: a table without a key.
        times: Columns that are right as the event's time; None among them: none.
        modes: Modes that are right.
        references: Name of the referenced table by column.
        header: Whether the file has a header.
        nested: Whether a reader may make several rows of one record, so that rows cannot be compared by position.
    """

    name: str
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...]
    times: tuple[str | None, ...]
    modes: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=dict)
    header: bool = True
    nested: bool = False

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def events(self) -> bool:
        """Return True for a table of events, each of which arrives once."""
        return self.times != (None,)


Layout = Callable[[Table, Sequence[Row]], bytes]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold the rows of one file and how they are laid out in it.

    Attributes:
        table: The export that it is one day of.
        file: Name of the file.
        rows: Right values by column, in the order of the file.
        layout: Function that writes the file.
        beside: Content by name of files without rows that arrive with it, such as the names of its columns.
    """

    table: Table
    file: str
    rows: Sequence[Row]
    layout: Layout
    beside: Mapping[str, bytes] = field(default_factory=dict)

    def content(self) -> bytes:
        """Write the file."""
        return self.layout(self.table, self.rows)

    def resent(self) -> Sheet:
        """Return the file as it is sent once more, under a second name."""
        stem, dot, ending = self.file.partition(".")
        return replace(self, file=f"{stem}_2{dot}{ending}")


def snapshot(name: str, columns: Sequence[Column], key: Sequence[str], **more: Any) -> Table:  # noqa: ANN401  # passed on as they are
    """Describe a table that is exported whole each time and has no event's time."""
    return Table(name, tuple(columns), more.pop("keys", (tuple(key),)), (None,), more.pop("modes", ("snapshot", "upsert")), **more)


def log(name: str, columns: Sequence[Column], key: Sequence[str], time: str, **more: Any) -> Table:  # noqa: ANN401  # passed on as they are
    """Describe a table whose rows are events, of which an export holds the newest."""
    return Table(name, tuple(columns), more.pop("keys", (tuple(key),)), more.pop("times", (time,)), more.pop("modes", ("append", "upsert")), **more)
