"""Hold the datasets that `sluice init` infers from a folder, before they are written as a suggestion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sluice.config.checks import Check
from sluice.domain import EMPTY, Column, Message, Mode, OnChange, ReadOptions, Schema


@dataclass(frozen=True, slots=True)
class Reference:
    """Describe a column whose values are keys of another dataset.

    Attributes:
        share: Share of the rows with a value whose value is a key there.
    """

    column: str
    dataset: str
    key: str
    share: float


@dataclass(frozen=True, slots=True)
class InferredDataset:
    """Describe one dataset that a folder holds.

    Attributes:
        dataset: Name derived from its files' names.
        pattern: Pattern of its files.
        options: How its files are read; without a format where they have several, derived from their endings.
        rows: Number of rows of the files that were examined.
        read: Number of them that decide all but keys and references, which are checked on all; fewer than `rows` in long files.
        decimal_ids: Columns with ids that are whole numbers, some of which are written with a decimal (`1.0`).
        partly_checked: Names of long files of which other rows than those that decide cannot be read: keys and references are not checked on these rows.
        files: Number of files that match the pattern.
        columns: Columns, each with a note that says why it has its type.
        key: Columns that identify a row; empty where none do.
        time: Column with the time of a row's event.
        references: References into other datasets of the folder.
        every: Interval between its files, by the dates in their names.
        note: Remark, such as files that cannot be read.
        blank_key: Whether a part of the key may be blank.
        platform: What its files look like: `a Shopify product export`; nothing where they look like no known system's.
        on_change: What becomes of an event that arrives again with other cells; None: it is held.
        checks: Decisions that are not sure; the worst of all datasets become `# CHECK:` lines.
    """

    dataset: str
    pattern: str
    options: ReadOptions
    rows: int
    files: int
    columns: tuple[tuple[Column, Message], ...]
    key: tuple[str, ...] = ()
    time: str | None = None
    mode: Mode = "append"
    references: tuple[Reference, ...] = ()
    every: timedelta | None = None
    note: Message = EMPTY
    blank_key: bool = False
    platform: str = ""
    on_change: OnChange | None = None
    checks: tuple[Check, ...] = ()
    read: int | None = None
    partly_checked: tuple[str, ...] = ()
    decimal_ids: tuple[str, ...] = ()

    @property
    def schema(self) -> Schema:
        """Return the suggestion as a value of the domain."""
        columns = tuple(column for column, _ in self.columns)
        return Schema(self.dataset, self.mode, self.key, columns, self.time, every=self.every, blank_key=self.blank_key, on_change=self.on_change)
