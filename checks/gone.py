"""Say of a field that is gone since when, and for which kinds of event and versions of the app."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

import polars as pl

from checks.rule import Rule
from checks.suggestions.kinds import MAX_KINDS, kind_names, may_be_kinds
from sluice.domain import Batch, Least, Message, Schema, Tally, Verdict
from sluice.ports import Snapshot
from sluice.rules.naming.column_names import words

_NOT_NULL = "expect_column_values_to_not_be_null"
_MIN_SHARE = 0.2  # of the judged rows that are empty; below it, single cells are missing rather than the field
_GONE, _PRESENT = 0.5, 0.1  # share of empty cells in a group where the field is gone, and where it is there
_MIN_ROWS = 5  # of a group
_MAX_GROUPS = 5
_MAX_VERSIONS = 200
_JUDGED = "_judged"  # rows that fail or are filled
_VERSION_WORDS = frozenset({"version", "release", "build"})


def explain_gone(verdict: Verdict, rule: Rule, batch: Batch, schema: Schema, snapshot: Snapshot) -> Verdict:
    """Add to a failed not-null verdict where and since when the field is gone; any other verdict stays as it is.

    Args:
        verdict: Verdict of the rule on the batch.
        rule: The rule.
        batch: The judged batch.
        schema: Schema of the dataset; no value of a personal column is named.
        snapshot: What was published; the time of the first of the batches that failed in a row is named.
    """
    is_gone = verdict.status == "failed" and verdict.failing is not None and verdict.rows and verdict.failed / verdict.rows >= _MIN_SHARE
    if not rule.id.startswith(_NOT_NULL) or not is_gone or verdict.failing is None:
        return verdict
    column = rule.columns[0]
    groups = list(_groups(verdict.failing, batch, schema, column))
    if not groups and snapshot.metrics(schema.dataset).is_empty():
        return verdict  # nothing shows that the field was ever there
    since = _since(verdict.failing, rule, batch, schema, snapshot)
    if groups:
        gone = Message.of("field_gone_where", column=column, since=since, where=Message.join(groups))
    else:
        gone = Message.of("field_gone", column=column, since=since)
    return replace(verdict, observed=Message.join([Message.from_json(verdict.observed), gone]))


def _since(failing: pl.Series, rule: Rule, batch: Batch, schema: Schema, snapshot: Snapshot) -> str:
    """Return the time of the oldest batch of the newest that failed in a row, else of the first row without the field."""
    metrics = snapshot.metrics(schema.dataset)
    if not metrics.is_empty():
        judged = metrics.filter((pl.col("rule") == rule.id) & (pl.col("phase") == "arrival") & pl.col("status").is_in(["passed", "failed"])).sort("at")
        passed = judged.filter(pl.col("status") == "passed")["at"].max()
        failed = judged.filter(pl.col("status") == "failed", *([pl.col("at") > passed] if passed is not None else []))
        if failed.height:
            return _written(failed["at"].min())
    times = batch.rows.filter(failing)[schema.time] if schema.time in batch.rows.columns and schema.time is not None else None
    first = batch.part.total(f"{rule.id} since", Least(times.min() if times is not None else None)).value
    return _written(batch.at if first is None else first)


def _written(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{moment:%Y-%m-%d}" if isinstance(moment, date) else str(moment)


def _groups(failing: pl.Series, batch: Batch, schema: Schema, column: str) -> Iterator[Message]:
    """Yield the kinds, then the versions, for which the field is gone while others have it; all kinds that lack it of a rule for some kinds."""
    kinds = _first_grouping(kind_names(schema), MAX_KINDS, may_be_kinds, failing, batch, column)
    versions = _first_grouping(_version_names(schema), _MAX_VERSIONS, lambda distinct, _: 1 < distinct <= _MAX_VERSIONS, failing, batch, column)
    for name, counts in (kinds, versions):
        if name is None or name == column:
            continue
        groups = counts.filter(pl.col(_JUDGED) > 0).drop_nulls(name)
        shares = groups.select(pl.col(name).alias("group"), rows=_JUDGED, share=pl.col("failing") / pl.col(_JUDGED))
        gone = shares.filter((pl.col("rows") >= _MIN_ROWS) & (pl.col("share") >= _GONE)).sort("rows", "group", descending=[True, False])
        present = shares.filter(pl.col("share") <= _PRESENT)
        if gone.height and (present.height or name == kinds[0]):
            yield Message.of("rows_with", column=name, values=tuple(map(str, gone["group"].head(_MAX_GROUPS).to_list())))


def _first_grouping(
    names: Iterable[str], most: int, fits: Callable[[int, int], bool], failing: pl.Series, batch: Batch, column: str
) -> tuple[str | None, pl.DataFrame]:
    """Return the first column with few enough distinct values, and how many rows of each fail or are filled; no column where there is none."""
    for name in (name for name in names if name in batch.rows.columns):
        rows = batch.rows.select(pl.col(name), failing.alias("failing"), (failing | pl.col(column).is_not_null()).alias(_JUDGED))
        counted = rows.group_by(name).agg(pl.len().alias("_rows"), pl.col("failing", _JUDGED).sum()).head(most + 1)  # one too many is enough to refuse them
        counts = batch.part.total(f"{column} by {name}", Tally(counted, (name,))).counts
        if fits(counts.height, int(counts["_rows"].sum())):
            return name, counts
    return None, pl.DataFrame()


def _version_names(schema: Schema) -> Iterator[str]:
    """Yield the columns whose name says that they may hold the version of the app or page that sent the event."""
    for column in schema.columns:
        if column.type in ("string", "integer", "number") and not column.personal and _VERSION_WORDS & set(words(column.name)):
            yield column.name
