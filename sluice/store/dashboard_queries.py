"""Query the store for the dashboard: records, and quarantined rows a page at a time, as typed values; nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias, cast, get_args

import polars as pl
from sqlalchemy import Row, func, select

from sluice.domain import EMPTY, RAW, RAW_TYPE, REASON_TYPE, REASONS, REPAIRS, ROW, RUN, Message, Model, OnFail, Run, Severity, Status, repair_step
from sluice.store.conflicts import published_rival
from sluice.store.records import get_record
from sluice.store.runs import to_run, versions
from sluice.store.store import SqlStore
from sluice.store.tables import (
    ACTIVITY,
    ALERTS,
    COUNTERS,
    GUARDED,
    INCIDENTS,
    MODEL_PROPOSALS,
    MODELS,
    QUARANTINE_STATUS,
    REQUESTS,
    RUNS,
    UNDONE_REPAIRS,
    VERDICTS,
)

PAGE_SIZE = 100  # rows
RowState: TypeAlias = Literal["held", "released", "rejected", "copy", "superseded"]  # the last two: once held, repeats of a published row now
ROW_STATES: tuple[RowState, ...] = get_args(RowState)


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """Represent the verdict of one rule on one run in one phase, as it is stored: counts without the mask."""

    phase: str
    rule: str
    nature: str
    dimension: str
    severity: Severity
    status: Status
    on_fail: OnFail
    rows: int
    failed: int
    columns: tuple[str, ...]
    message: Message
    observed: Message


@dataclass(frozen=True, slots=True)
class QuarantineFilter:
    """Select rows of the quarantine: of one dataset, in one state, and, where they are given, for one rule, of one run or some, with one column to blame."""

    dataset: str
    state: RowState = "held"
    rule: str | None = None
    run: str | None = None
    column: str | None = None
    runs: tuple[str, ...] | None = None

    @property
    def narrowed(self) -> bool:
        """Return True where more than a reason is asked for."""
        return self.run is not None or self.runs is not None or self.column is not None


@dataclass(frozen=True, slots=True)
class HeldByRule:
    """Count the rows that one rule holds.

    Attributes:
        rule: The rule.
        message: What is wrong with the rows that it holds.
        rows: Number of rows that it holds.
        alone: Number of them that no other rule holds.
    """

    rule: str
    message: Message
    rows: int
    alone: int


@dataclass(frozen=True, slots=True, eq=False)
class QuarantinedRow:
    """Represent a row of the quarantine with its history.

    Attributes:
        row: A frame of one row: the declared columns, `_raw`, `_reasons`, `_run_id`.
        repairs: What the cleaners changed in it, or would have (schema REPAIRS), in their order.
        rival: The published row with its key, where it is held for a conflict; a frame of one row.
        state: All but held with who, why (a message as text) and when.
    """

    row: pl.DataFrame
    repairs: pl.DataFrame
    rival: pl.DataFrame | None = None
    state: RowState = "held"
    by: str = ""
    reason: str = ""
    at: datetime | None = None


# -- records ------------------------------------------------------------------------------------------------------------


def revision(store: SqlStore) -> str:
    """Return a text that changes whenever something does that a page may show; cheap enough to compute on every page."""
    counts = [
        select(func.count()).select_from(table) for table in (RUNS, QUARANTINE_STATUS, UNDONE_REPAIRS, REQUESTS, INCIDENTS, MODELS, GUARDED, MODEL_PROPOSALS)
    ]
    unconfirmed = select(func.count()).select_from(REQUESTS).where(REQUESTS.c.state == "asked")
    waiting = select(func.count()).select_from(REQUESTS).where(REQUESTS.c.state == "pending")
    taken = select(func.count()).select_from(REQUESTS).where(REQUESTS.c.state == "taken")
    acts = select(func.coalesce(func.max(ACTIVITY.c.id), 0))
    occurrences = select(func.coalesce(func.sum(INCIDENTS.c.times), 0))
    counter = select(func.coalesce(func.sum(COUNTERS.c.value), 0))
    promised = select(func.count()).select_from(RUNS).where(RUNS.c.state == "intent")
    deliveries = select(func.count() + func.coalesce(func.sum(ALERTS.c.attempts), 0)).select_from(ALERTS)
    sent = select(func.count()).select_from(ALERTS).where(ALERTS.c.state == "sent")
    figures = [query.scalar_subquery() for query in (*counts, waiting, taken, unconfirmed, acts, occurrences, counter, promised, deliveries, sent)]
    with store.database.read() as connection:
        return "-".join(map(str, connection.execute(select(*figures)).one()))


def all_runs(store: SqlStore) -> list[Run]:
    """Return every run of every kind and state, in the order in which they were recorded."""
    with store.database.read() as connection:
        return [to_run(row) for row in connection.execute(select(RUNS).order_by(RUNS.c.number))]


def run_verdicts(store: SqlStore, run_id: str) -> list[StoredVerdict]:
    """Return every rule's verdicts on a run, phase by phase, in the order of the suite."""
    query = select(VERDICTS).where(VERDICTS.c.run_id == run_id).order_by(VERDICTS.c.phase, VERDICTS.c.position)
    with store.database.read() as connection:
        return [_verdict(row) for row in connection.execute(query)]


def _verdict(row: Row[Any]) -> StoredVerdict:
    severity, status = cast("Severity", row.severity), cast("Status", row.status)
    on_fail = cast("OnFail", row.on_fail)
    messages = Message.loads(row.message), Message.loads(row.observed)
    return StoredVerdict(row.phase, row.rule, row.nature, row.dimension, severity, status, on_fail, row.rows, row.failed, tuple(row.columns), *messages)


def all_models(store: SqlStore) -> list[Model]:
    """Return every version of every registered model, by name, the newest version first."""
    return [model for name in store.models.names() for model in store.models.versions(name)]


def published_row(store: SqlStore, dataset: str, row_id: str) -> pl.DataFrame:
    """Return a published row, as a frame of one row; of none where it is not published."""
    return store.snapshot().published_row(dataset, row_id)


# -- quarantined rows ---------------------------------------------------------------------------------------------------


def count_rows(store: SqlStore, selection: QuarantineFilter) -> int:
    """Count the selected rows."""
    return int(_index(store, selection).select(pl.len()).collect().item())


def held_by_rule(store: SqlStore, selection: QuarantineFilter) -> list[HeldByRule]:
    """Count the dataset's rows in that state by the rule that holds them, the rule that holds most first."""
    alone = (pl.col("rules").list.len() == 1).alias("alone")
    rows = _index(store, QuarantineFilter(selection.dataset, selection.state)).select("rules", alone).explode("rules").group_by("rules")
    counts = rows.agg(pl.len().alias("rows"), pl.col("alone").sum()).sort("rows", "rules", descending=[True, False]).collect()
    messages = _messages(store, selection.dataset, counts["rules"].drop_nulls().to_list())
    return [HeldByRule(rule, messages.get(rule, EMPTY), rows, alone) for rule, rows, alone in counts.drop_nulls("rules").iter_rows()]


def held_by_run(store: SqlStore, selection: QuarantineFilter) -> dict[str, int]:
    """Count the selected rows by the run that held them, the newest first."""
    rows = _index(store, replace(selection, run=None)).group_by(RUN).agg(pl.len().alias("rows"), pl.col("time").max())
    return dict(rows.sort("time", RUN, descending=[True, False]).select(RUN, "rows").collect().iter_rows())


def held_by_column(store: SqlStore, selection: QuarantineFilter) -> dict[str, int]:
    """Count the selected rows by the columns to blame, the column with most rows first."""
    rows = _index(store, replace(selection, column=None)).select("columns").explode("columns").drop_nulls()
    return dict(rows.group_by("columns").agg(pl.len().alias("rows")).sort("rows", "columns", descending=[True, False]).collect().iter_rows())


def decidable_rows(store: SqlStore, selection: QuarantineFilter, limit: int) -> list[str]:
    """Return the ids of at most `limit` selected rows; with a rule, those that no other rule holds, which a decision on it is about."""
    rows = _index(store, selection)
    alone = rows if selection.rule is None else rows.filter(pl.col("rules").list.len() == 1)
    return alone.select(ROW).head(limit).collect()[ROW].to_list()


def _messages(store: SqlStore, dataset: str, rules: Collection[str]) -> dict[str, Message]:
    """Return what each of some rules says of rows that fail it: the words of its newest verdict that failed, else of its newest one."""
    messages: dict[str, Message] = {}
    with store.database.read() as connection:
        for rule in rules:
            of_rule = select(VERDICTS.c.message).join(RUNS).where(RUNS.c.dataset == dataset, VERDICTS.c.rule == rule, VERDICTS.c.message != "")
            newest = of_rule.order_by(VERDICTS.c.id.desc()).limit(1)
            if text := connection.scalar(newest.where(VERDICTS.c.status == "failed")) or connection.scalar(newest):
                messages[rule] = Message.loads(text)
    return messages


def quarantine_page(store: SqlStore, selection: QuarantineFilter, page: int, size: int = PAGE_SIZE) -> pl.DataFrame:
    """Return one page of the selected rows, counted from 1, the newest batch first, in the order in which they stood in it."""
    index = _index(store, selection).select(ROW, RUN, "time", "position").sort("time", RUN, "position", descending=[True, False, False])
    return _full_rows(store, selection.dataset, index.select(ROW).slice((page - 1) * size, size).collect())


def all_quarantined(store: SqlStore, selection: QuarantineFilter) -> pl.DataFrame:
    """Return all selected rows, for a file."""
    return _full_rows(store, selection.dataset, _index(store, selection).select(ROW).collect())


def quarantined_row(store: SqlStore, dataset: str, row_id: str) -> QuarantinedRow | None:
    """Return one row of the quarantine; None where it never was there."""
    row = _full_rows(store, dataset, pl.DataFrame({ROW: [row_id]}))
    if row.is_empty():
        return None
    repairs = _repairs(store, dataset).filter(pl.col(ROW) == row_id).select(*REPAIRS).collect().sort(repair_step())
    with store.database.read() as connection:
        status = get_record(connection, QUARANTINE_STATUS, dataset, row_id)
    if status is None:
        return QuarantinedRow(row, repairs, published_rival(store.snapshot(), dataset, row))
    return QuarantinedRow(row, repairs, None, cast("RowState", status.state), status.by, status.reason, status.at)


def repair_counts(store: SqlStore, dataset: str, run_id: str) -> pl.DataFrame:
    """Count a run's repairs: `cleaner`, `column`, `applied`, `cells`, the most cells first."""
    by = ["cleaner", "column", "applied"]
    return (
        _repairs(store, dataset)
        .filter(pl.col(RUN) == run_id)
        .group_by(by)
        .agg(pl.len().alias("cells"))
        .sort("cells", *by, descending=[True, False, False, True])
        .collect()
    )


def _repairs(store: SqlStore, dataset: str) -> pl.LazyFrame:
    with store.database.read() as connection:
        version = versions(connection, dataset).get("repairs")
    if version is None:
        return pl.LazyFrame(schema={**REPAIRS, RUN: pl.String()})
    return store.lake.scan("repairs", dataset, version)


def _quarantine(store: SqlStore, dataset: str) -> pl.LazyFrame:
    rows = store.snapshot().quarantine(dataset)
    return rows if rows.collect_schema() else pl.LazyFrame(schema={ROW: pl.String(), RUN: pl.String(), RAW: RAW_TYPE, REASONS: REASON_TYPE})


def _index(store: SqlStore, selection: QuarantineFilter) -> pl.LazyFrame:
    """Return the selected rows without their cells (schema `quarantine_index.INDEX`)."""
    chosen = [
        pl.lit(value=True) if selection.rule is None else pl.col("rules").list.contains(selection.rule),
        pl.lit(value=True) if selection.run is None else pl.col(RUN) == selection.run,
        pl.lit(value=True) if selection.runs is None else pl.col(RUN).is_in(list(selection.runs)),
        pl.lit(value=True) if selection.column is None else pl.col("columns").list.contains(selection.column),
    ]
    return store.quarantine_index.of(selection.dataset, selection.state).lazy().filter(*chosen)


def _full_rows(store: SqlStore, dataset: str, ids: pl.DataFrame) -> pl.DataFrame:
    """Return the full rows of an index, in its order."""
    rows = _quarantine(store, dataset).filter(pl.col(ROW).is_in(ids[ROW].to_list())).collect()  # as a list, it is compared with the statistics of files
    return ids.join(rows, on=ROW, how="inner", maintain_order="left").select(rows.columns)
