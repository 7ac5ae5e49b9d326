"""Recognise files that write the columns of an order, or of a product, in its first row alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sluice.domain import EMPTY, Message
from sluice.rules.naming.column_names import is_digits_as_text, is_identifier
from sluice.sources.infer.types import infer_column

MIN_GROUPS = 5  # groups of several rows
MIN_FILLED = 0.9  # share of their first rows in which a column that marks them is filled
MAX_CHANCE = 0.001  # chance that a column's values stand in first rows by coincidence
_FIRST = "__first"


@dataclass(frozen=True, slots=True)
class Continuation:
    """Hold how the rows of a file belong together.

    Attributes:
        group_by: Columns that name a group; empty where each row stands by itself.
        fill_down: Columns that are filled in the first row of a group alone, and are no quantities.
        totals: Quantities that are filled in the first row alone; repeated, they would be summed several times.
    """

    group_by: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()

    @property
    def note(self) -> Message:
        """Return what a person should know of it; nothing without groups."""
        if not self.group_by:
            return EMPTY
        grouped = Message.of("init_grouped", column=self.group_by, columns=self.fill_down)
        return Message.join([grouped, *([Message.of("init_totals_stay", columns=self.totals)] if self.totals else [])])


def find_continuation(frame: pl.DataFrame) -> Continuation:
    """Return how the rows of a file belong together.

    A column names the groups where its equal values stand together, at least two columns are filled in nearly all first rows of groups and
    in no other row, and no time changes within a group, as it does in a log of events. An identifier may itself be written in the first row
    of its group alone, unless each row has an identifier of its own: then the empty cells are what some products or people lack.

    Args:
        frame: Rows of a file as text, in their order.
    """
    text = frame.select(name for name, dtype in frame.schema.items() if dtype == pl.String)
    partial = [name for name in text.columns if 0 < text[name].null_count() < text.height]
    if len(partial) < 2:
        return Continuation()
    candidates = sorted(_group_names(text), key=lambda column: text[column].null_count())  # of two that do as well, the one without empty cells
    columns_of = {name: _first_row_columns(_filled_down(text, name), name, [column for column in partial if column != name]) for name in candidates}
    name = max(columns_of, key=lambda column: len(columns_of[column]), default="")
    best = columns_of.get(name, ())
    if not best or _time_changes(_filled_down(text, name), name):
        return Continuation()
    quantities = [column for column in best if not is_identifier(column) and infer_column(text[column]).column.type in {"integer", "number"}]
    return Continuation((name,), tuple(column for column in best if column not in quantities), tuple(quantities))


def _group_names(text: pl.DataFrame) -> list[str]:
    """Return the columns without empty cells, and identifiers whose empty cells follow a filled one where no row has an identifier of its own."""
    complete = [name for name in text.columns if text[name].null_count() == 0]
    if any(is_digits_as_text(name) and text[name].n_unique() == text.height for name in complete):
        return complete
    return [*complete, *(name for name in text.columns if name not in complete and is_digits_as_text(name) and text[name][0] is not None)]


def _filled_down(text: pl.DataFrame, group: str) -> pl.DataFrame:
    return text.with_columns(pl.col(group).forward_fill())


def _first_row_columns(text: pl.DataFrame, group: str, partial: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that are filled in the first rows of groups alone; none unless two of them mark nearly all groups."""
    runs = text[group].rle_id()
    if runs[-1] + 1 != text[group].n_unique():
        return ()
    marked = text.with_columns(runs.alias("__run")).with_columns((pl.col("__run") != pl.col("__run").shift()).fill_null(value=True).alias(_FIRST))
    several = pl.len().over("__run") > 1
    groups, share = marked.select((several & pl.col(_FIRST)).sum(), pl.col(_FIRST).mean()).row(0)
    if groups < MIN_GROUPS:
        return ()
    counts = marked.select(
        *((pl.col(name).is_not_null() & ~pl.col(_FIRST)).any().alias(f"later {name}") for name in partial),
        *((pl.col(name).is_not_null() & several & pl.col(_FIRST)).sum().alias(f"first {name}") for name in partial),
    ).row(0, named=True)
    columns = [name for name in partial if not counts[f"later {name}"] and share ** text[name].count() <= MAX_CHANCE]
    marks = [name for name in columns if counts[f"first {name}"] >= MIN_FILLED * groups]
    return tuple(columns) if len(marks) > 1 else ()


def _time_changes(text: pl.DataFrame, group: str) -> bool:
    """Return True where the rows of a group have several times, as events have."""
    times = [name for name in text.columns if name != group and infer_column(text[name]).column.type in {"timestamp", "date"}]
    return any(text.group_by(group).agg(pl.col(name).drop_nulls().n_unique())[name].max() not in {0, 1, None} for name in times)
