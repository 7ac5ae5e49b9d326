"""Read the different values of a column in the rows that fail a rule."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from sluice.domain import REASONS, ROW, RUN, original
from sluice.store.snapshot import SqlSnapshot


def failing_values(snapshot: SqlSnapshot, dataset: str, rule: str, column: str, runs: Collection[str], limit: int) -> list[object]:
    """Return the different values of a column in rows that a rule holds or flags, the most frequent first.

    Args:
        snapshot: What is published and held.
        dataset: Name of the dataset.
        rule: Id of the rule.
        column: Name of the column.
        runs: Ids of the runs that brought the rows.
        limit: Of how many values the least and the greatest are added to the most frequent ones.
    """
    names, of_run = (rule, original(rule)), pl.col(ROW).str.replace(r"\.[^.]*$", "").is_in(list(runs))
    held = snapshot.quarantine(dataset)
    parts = []
    if column in held.collect_schema():
        reasons = pl.col(REASONS).list.eval(pl.element().struct.field("name").is_in(names)).list.any()
        parts.append(held.filter(of_run, reasons).select(column).collect())
    flags = snapshot.flags(dataset).filter(pl.col("rule").is_in(names), pl.col(RUN).is_in(list(runs))).select(ROW).collect()[ROW]
    published = snapshot.published(dataset)
    if flags.len() and column in published.collect_schema():
        parts.append(published.filter(pl.col(ROW).is_in(flags.implode())).select(column).collect())
    if not parts:
        return []
    counts = pl.concat(parts)[column].drop_nulls().value_counts(sort=True)[column]
    ends = [counts.min(), counts.max()] if counts.len() > limit and counts.dtype.is_numeric() else []
    return list(dict.fromkeys([*counts.head(limit).to_list(), *ends]))
