"""Count the cells that a release publishes empty, since their text does not cast: the rule that would count them is waived, and enters no score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from sluice.domain import RAW, EmptyCells, Message, Run

_CODE = "released_with_empty_cells"


def count_uncast(rows: pl.LazyFrame) -> Mapping[str, int]:
    """Return for each column how many rows have a text there that does not cast; none for rows without such texts.

    Args:
        rows: Rows with or without the column `_raw`.

    Example:
        >>> from sluice.domain import RAW_TYPE
        >>> raw = pl.Series(RAW, [[{"column": "price", "text": "free"}], None], dtype=RAW_TYPE)
        >>> count_uncast(pl.LazyFrame([raw]))
        {'price': 1}
    """
    if RAW not in rows.collect_schema():
        return {}
    cells = rows.filter(pl.col(RAW).list.len() > 0).select(RAW).explode(RAW).select(pl.col(RAW).struct.field("column"))
    return dict(cells.group_by("column", maintain_order=True).len().collect().iter_rows())


def empty_notes(counts: Mapping[str, int]) -> Iterator[Message]:
    """Yield for each column how many rows were released with an empty cell there."""
    yield from (Message.of(_CODE, rows=rows, column=column) for column, rows in counts.items())


def empty_cells(runs: Iterable[Run]) -> tuple[EmptyCells, ...]:
    """Return by column how many rows runs released with an empty cell, by the reasons that they record.

    Example:
        >>> from datetime import UTC, datetime
        >>> note = Message.of("released_with_empty_cells", rows=3, column="price")
        >>> run = Run("release-q1", "items", "release", 1, datetime(2026, 3, 1, tzinfo=UTC), "published", good=3, reasons=(note,))
        >>> empty_cells([run, run])
        (EmptyCells(column='price', rows=6),)
    """
    counts: dict[str, int] = {}
    for note in (reason for run in runs for reason in run.reasons if reason.code == _CODE):
        column = str(note.params["column"])
        counts[column] = counts.get(column, 0) + int(str(note.params["rows"]))
    return tuple(EmptyCells(column, rows) for column, rows in counts.items())


def released_notes(runs: Iterable[Run]) -> Iterator[Message]:
    """Yield for each column how many of the rows that are published were released with an empty cell there.

    Args:
        runs: Runs of the training window, as `revised` returns them: a release that was undone has no rows.
    """
    yield from empty_notes({cells.column: cells.rows for cells in empty_cells(run for run in runs if run.good)})
