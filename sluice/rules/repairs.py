"""Decide which repairs are selected, and which are undone together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

import polars as pl

from sluice.domain import REPAIRS, ROW, RUN, RepairSelection, Run, repair_step

_MOMENT = timedelta(microseconds=1)
_TOGETHER = ("convert_currency", "swapped_columns")
"""Cleaners whose cells of a row are right only together: an amount with its currency, two values that changed places."""


def selecting(selection: RepairSelection, runs: Iterable[Run] = (), personal: Collection[str] = ()) -> pl.Expr:
    """Return the condition that selected repairs meet, over the columns of REPAIRS and `_run_id`.

    Args:
        selection: What is selected.
        runs: Runs of the dataset, by which a day is known.
        personal: Personal columns: no value selects a cell of theirs, so that nobody learns masked values by guessing.

    Example:
        >>> repairs = pl.DataFrame({"cleaner": ["parse", "lookup"], "column": ["price", "brand"], "confidence": [1.0, 0.93]})
        >>> repairs.filter(selecting(RepairSelection(confidence_to=0.95)))["column"].to_list()
        ['brand']
    """
    equal = {"cleaner": selection.cleaner, "column": selection.column, RUN: selection.run, ROW: selection.row}
    conditions = [pl.lit(value=True), *(pl.col(name) == value for name, value in equal.items() if value is not None)]
    if selection.confidence_from is not None:
        conditions.append(pl.col("confidence") >= selection.confidence_from)
    if selection.confidence_to is not None:
        conditions.append(pl.col("confidence") <= selection.confidence_to)
    for name, text in (("old", selection.old), ("new", selection.new)):
        if text is not None:
            conditions.append((pl.col(name).fill_null("") == text) & ~pl.col("column").is_in(list(personal)))
    if selection.day is not None:
        conditions.append(pl.col(RUN).is_in([run.id for run in runs if last_day(run) == selection.day]))
    return pl.all_horizontal(conditions)


def last_day(run: Run) -> date:
    """Return the last day of the period of a batch, in UTC; of any other run the day at which it ran.

    Example:
        >>> from datetime import UTC, datetime
        >>> last_day(Run("b1", "events", "ingest", 1, datetime(2026, 3, 16, tzinfo=UTC), "published")).isoformat()
        '2026-03-15'
    """
    return (run.at - _MOMENT if run.kind == "ingest" else run.at).date()


def sample(repairs: pl.DataFrame, size: int, seed: int) -> pl.DataFrame:
    """Return a random sample of repairs, in their order; the same seed gives the same sample whatever the order.

    Args:
        repairs: Repairs of schema REPAIRS.
        size: Number of repairs; all where there are fewer.
        seed: Seed of the sample.

    Example:
        >>> sample(pl.DataFrame({"repair_id": ["b.0/a/1", "b.1/a/1", "b.2/a/1"]}), 5, seed=1).height
        3
    """
    if repairs.height <= size:
        return repairs
    chosen = repairs["repair_id"].sort().sample(size, seed=seed)
    return repairs.filter(pl.col("repair_id").is_in(chosen.implode()))


def with_visible_blanks(column: str) -> pl.Expr:
    """Return texts as people read them in a table: in quotes where a blank begins or ends them.

    Args:
        column: Name of a text column.

    Example:
        >>> pl.DataFrame({"old": ["Tarn ", "Tarn"]}).select(with_visible_blanks("old"))["old"].to_list()
        ["'Tarn '", 'Tarn']
    """
    text = pl.col(column)
    return pl.when(text.str.contains(r"^\s|\s$")).then(pl.format("'{}'", text)).otherwise(text).alias(column)


def with_later(repairs: pl.DataFrame, ids: Sequence[str]) -> pl.DataFrame:
    """Select the named repairs, those that were made together with them in the same row, and every later one of the same cells.

    Args:
        repairs: Applied repairs of schema REPAIRS.
        ids: Ids of some of them.
    """
    named = set(ids)
    while True:
        selected = _later(repairs, named)
        pairs = selected.filter(pl.col("cleaner").is_in(_TOGETHER)).select(ROW, "cleaner").unique()
        together = repairs.join(pairs, on=[ROW, "cleaner"], how="semi")["repair_id"]
        if named.issuperset(together):
            return selected
        named.update(together)


def _later(repairs: pl.DataFrame, ids: Collection[str]) -> pl.DataFrame:
    numbered = repairs.with_columns(repair_step())
    first = numbered.filter(pl.col("repair_id").is_in(list(ids))).group_by(ROW, "column").agg(pl.col("step").min().alias("first"))
    return numbered.join(first, on=[ROW, "column"]).filter(pl.col("step") >= pl.col("first")).select(*REPAIRS)
