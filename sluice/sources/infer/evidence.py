"""Count the distinct values of a column: the evidence from which its type is inferred, which may come from partitions."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from sluice.config.checks import Check
from sluice.domain import EMPTY, Column, Message

MIN_SHARE = 0.95  # share of a column's values that must be of its type
NULL_WORDS = ("", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "?", "unknown", "empty", "\\n", "#n/a", "无", "暂无")
DATABASE_NULLS = ("\\n",)  # \N, as MySQL and PostgreSQL export null; no text is that


@dataclass(frozen=True, slots=True)
class Inference:
    """Hold what was inferred about a column.

    Attributes:
        column: Its declaration.
        note: The reason.
        checks: Decisions that are not sure.
        alternative: The declaration if the other columns of the table say how it is written: without a format, if its own values do not say it.
    """

    column: Column
    note: Message = EMPTY
    checks: tuple[Check, ...] = ()
    alternative: Column | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Hold the distinct values of a column with their counts, without blanks and words for nothing.

    Attributes:
        name: Name of the column.
        text: Distinct values, without surrounding blanks.
        counts: Number of rows of each.
        file_dates: A date in the name of a file that holds the value; null where there is none.
    """

    name: str
    text: pl.Series
    counts: pl.Series
    file_dates: pl.Series

    @classmethod
    def of(cls, cells: pl.Series, file_dates: pl.Series | None) -> Values:
        """Count the values of text cells; `file_dates` has one date per cell."""
        dates = pl.repeat(None, cells.len(), dtype=pl.Date, eager=True) if file_dates is None else file_dates
        raw = (
            pl.DataFrame({"text": cells, "date": dates})
            .drop_nulls("text")
            .group_by("text", maintain_order=True)
            .agg(pl.len().alias("count"), pl.col("date").first())
        )
        bare = raw.with_columns(pl.col("text").str.strip_chars())
        is_bare = bool((bare["text"] == raw["text"]).all())  # counting again takes as long as counting once
        distinct = raw if is_bare else bare.group_by("text", maintain_order=True).agg(pl.col("count").sum(), pl.col("date").first())
        present = distinct.filter(~pl.col("text").str.to_lowercase().is_in(NULL_WORDS))
        return cls(cells.name, present["text"], present["count"], present["date"])

    @property
    def rows(self) -> int:
        """Return the number of rows with a value."""
        return int(self.counts.sum())

    def share(self, mask: pl.Series) -> float:
        """Return the share of rows whose value is in a mask over the distinct values; null counts as False."""
        return self.count(mask) / max(1, self.rows)

    def count(self, mask: pl.Series) -> int:
        """Return the number of rows whose value is in a mask over the distinct values."""
        return int(self.counts.filter(mask.fill_null(value=False)).sum())


def describe_misfits(misfits: int, rows: int) -> Message:
    """Return a note on values that are of another type than the column; empty without any."""
    return Message.of("init_misfits", misfits=misfits, rows=rows) if misfits else EMPTY
