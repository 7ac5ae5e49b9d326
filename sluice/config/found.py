"""What `sluice init` found in a folder, before it is written down as a suggestion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sluice.domain import Column, Mode, Schema


@dataclass(frozen=True, slots=True)
class Reference:
    """A column whose values are keys of another dataset.

    Attributes:
        share: Of the rows with a value, how many have one that is known there.
    """

    column: str
    dataset: str
    key: str
    share: float


@dataclass(frozen=True, slots=True)
class Found:
    """One dataset that a folder seems to hold.

    Attributes:
        dataset: A name for it, made of its files' names.
        pattern: Of its files.
        format: None where the files are of several; their endings tell.
        rows: How many rows were looked at.
        files: How many files fit the pattern.
        columns: Each with a note that says why it is taken for what it is.
        key: The columns that name a row; empty where none do.
        time: The column that says when a row's event happened.
        references: Into other datasets of the folder.
        every: The rhythm of its files, told by the dates in their names.
        note: What else there is to tell, such as files that cannot be read.
    """

    dataset: str
    pattern: str
    format: Literal["csv", "jsonl", "parquet"] | None
    separator: str
    rows: int
    files: int
    columns: tuple[tuple[Column, str], ...]
    key: tuple[str, ...] = ()
    time: str | None = None
    mode: Mode = "append"
    references: tuple[Reference, ...] = ()
    every: timedelta | None = None
    note: str = ""

    @property
    def schema(self) -> Schema:
        """The suggestion as a value that the rooms take."""
        return Schema(self.dataset, self.mode, self.key, tuple(column for column, _ in self.columns), self.time, every=self.every)
