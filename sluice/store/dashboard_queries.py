"""What people look at: records, and held rows a page at a time, as typed values; nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, cast, get_args

import polars as pl
from sqlalchemy import func, select

from sluice.domain import EMPTY, RAW, RAW_TYPE, REASON_TYPE, REASONS, REPAIRS, ROW, RUN, Message, Model, Run, Severity, Status
from sluice.store.runs import to_run, versions
from sluice.store.store import SqlStore
from sluice.store.tables import CounterRow, IncidentRow, ModelRow, QuarantineStatusRow, RequestRow, RunRow, UndoneRepairRow, VerdictRow

SIZE = 100  # rows of a page
RowState: TypeAlias = Literal["held", "released", "rejected"]
ROW_STATES: tuple[RowState, ...] = get_args(RowState)


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """What one rule said of one run in one phase, as it is kept: counts without the mask."""

    phase: str
    rule: str
    nature: str
    dimension: str
    severity: Severity
    status: Status
    rows: int
    failed: int
    columns: tuple[str, ...]
    message: Message
    observed: Message


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of the quarantine: of one dataset, in one state, for one rule or for any."""

    dataset: str
    state: RowState = "held"
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class HeldFor:
    """How many rows one rule holds (`rows`), how many of them it holds alone (`alone`), and what it expects (`message`)."""

    rule: str
    message: Message
    rows: int
    alone: int


@dataclass(frozen=True, slots=True, eq=False)
class QuarantinedRow:
    """A row of the quarantine with all that is known of it.

    Attributes:
        row: A frame of one row: the declared columns, `_raw`, `_reasons`, `_run_id`.
        repairs: What the cleaners changed in it, or would have (schema REPAIRS), in their order.
        state: Held, released or rejected; the last two with who, why and when.
    """

    row: pl.DataFrame
    repairs: pl.DataFrame
    state: RowState = "held"
    by: str = ""
    why: str = ""
    at: datetime | None = None


# -- records ------------------------------------------------------------------------------------------------------------


def revision(store: SqlStore) -> str:
    """Changes whenever something does that a page may show; cheap enough to ask on every page."""
    counted = [select(func.count()).select_from(table) for table in (RunRow, QuarantineStatusRow, UndoneRepairRow, RequestRow, IncidentRow, ModelRow)]
    waiting = select(func.count()).select_from(RequestRow).where(RequestRow.state == "pending")
    unresolved = select(func.count()).select_from(IncidentRow).where(IncidentRow.state == "open")
    seen = select(func.coalesce(func.sum(IncidentRow.times), 0))
    counter = select(func.coalesce(func.sum(CounterRow.value), 0))
    promised = select(func.count()).select_from(RunRow).where(RunRow.state == "intent")
    figures = [each.scalar_subquery() for each in (*counted, waiting, unresolved, seen, counter, promised)]
    with store.database.read() as session:
        return "-".join(map(str, session.execute(select(*figures)).one()))


def runs(store: SqlStore) -> list[Run]:
    """Every run of every kind and state, in the order in which they were recorded."""
    with store.database.read() as session:
        return [to_run(each) for each in session.scalars(select(RunRow).order_by(RunRow.number))]


def verdicts(store: SqlStore, run_id: str) -> list[StoredVerdict]:
    """What every rule said of a run, phase by phase, in the order of the suite."""
    query = select(VerdictRow).where(VerdictRow.run_id == run_id).order_by(VerdictRow.phase, VerdictRow.position)
    with store.database.read() as session:
        return [_verdict(each) for each in session.scalars(query)]


def _verdict(row: VerdictRow) -> StoredVerdict:
    severity, status = cast("Severity", row.severity), cast("Status", row.status)
    return StoredVerdict(
        row.phase,
        row.rule,
        row.nature,
        row.dimension,
        severity,
        status,
        row.rows,
        row.failed,
        tuple(row.columns),
        Message.loads(row.message),
        Message.loads(row.observed),
    )


def models(store: SqlStore) -> list[Model]:
    """Every version of every line of models, by name, the newest version first."""
    return [model for name in store.models.names() for model in store.models.versions(name)]


def published_row(store: SqlStore, dataset: str, row_id: str) -> pl.DataFrame:
    """A published row, as a frame of one row; of none where it is not published."""
    rows = store.snapshot().published(dataset)
    return rows.filter(pl.col(ROW) == row_id).head(1).collect() if ROW in rows.collect_schema() else pl.DataFrame()


# -- held rows ----------------------------------------------------------------------------------------------------------


def count(store: SqlStore, wanted: Wanted) -> int:
    """How many rows are wanted."""
    return int(_index(store, wanted).select(pl.len()).collect().item())


def reasons(store: SqlStore, wanted: Wanted) -> list[HeldFor]:
    """Every rule that holds rows of the dataset in that state, the one that holds most first."""
    alone = (pl.col("rules").list.len() == 1).alias("alone")
    each = _index(store, Wanted(wanted.dataset, wanted.state)).select("rules", alone).explode("rules").group_by("rules")
    found = each.agg(pl.len().alias("rows"), pl.col("alone").sum()).sort("rows", "rules", descending=[True, False]).collect()
    messages = _messages(store, wanted.dataset)
    return [HeldFor(rule, messages.get(rule, EMPTY), rows, alone) for rule, rows, alone in found.drop_nulls("rules").iter_rows()]


def _messages(store: SqlStore, dataset: str) -> dict[str, Message]:
    """What each rule expects, in the words of its newest verdict."""
    query = (
        select(VerdictRow.rule, VerdictRow.message, func.max(VerdictRow.id))
        .join(RunRow)
        .where(RunRow.dataset == dataset)
        .group_by(VerdictRow.rule, VerdictRow.message)
    )
    with store.database.read() as session:
        told = sorted(session.execute(query).all(), key=lambda each: each[2])
    return {rule: Message.loads(message) for rule, message, _ in told if message}


def quarantined(store: SqlStore, wanted: Wanted, page: int) -> pl.DataFrame:
    """One page of the wanted rows, counted from 1, the newest batch first, in the order in which they stood in it."""
    index = _index(store, wanted).select(ROW, RUN, "time").sort("time", RUN, _position(), descending=[True, False, False])
    return _whole(store, wanted.dataset, index.select(ROW).slice((page - 1) * SIZE, SIZE).collect())


def all_rows(store: SqlStore, wanted: Wanted) -> pl.DataFrame:
    """All wanted rows, for a file."""
    return _whole(store, wanted.dataset, _index(store, wanted).select(ROW).collect())


def row(store: SqlStore, dataset: str, row_id: str) -> QuarantinedRow | None:
    """One row of the quarantine; None where it never was there."""
    found = _whole(store, dataset, pl.DataFrame({ROW: [row_id]}))
    if found.is_empty():
        return None
    repairs = _repairs(store, dataset).filter(pl.col(ROW) == row_id).select(*REPAIRS).collect().sort(_step())
    with store.database.read() as session:
        fate = session.get(QuarantineStatusRow, (dataset, row_id))
        return QuarantinedRow(found, repairs) if fate is None else QuarantinedRow(found, repairs, cast("RowState", fate.state), fate.by, fate.why, fate.at)


def repairs(store: SqlStore, dataset: str, run_id: str) -> pl.DataFrame:
    """What a run's cleaners did: `cleaner`, `column`, `applied`, `cells`, the most cells first."""
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
    with store.database.read() as session:
        version = versions(session, dataset).get("repairs")
    return store.lake.scan("repairs", dataset, version) if version is not None else pl.LazyFrame(schema={**REPAIRS, RUN: pl.String()})


def _quarantine(store: SqlStore, dataset: str) -> pl.LazyFrame:
    rows = store.snapshot().quarantine(dataset)
    return rows if rows.collect_schema() else pl.LazyFrame(schema={ROW: pl.String(), RUN: pl.String(), RAW: RAW_TYPE, REASONS: REASON_TYPE})


def _index(store: SqlStore, wanted: Wanted) -> pl.LazyFrame:
    """The wanted rows, without their cells: `_row_id`, `_run_id`, `rules`, `time`."""
    with store.database.read() as session:
        settled = session.execute(select(QuarantineStatusRow.row_id, QuarantineStatusRow.state).where(QuarantineStatusRow.dataset == wanted.dataset))
        fates = pl.LazyFrame([tuple(each) for each in settled], schema={ROW: pl.String, "state": pl.String}, orient="row")
    rules = pl.col(REASONS).list.eval(pl.element().struct.field("name")).list.unique()
    time = pl.col(REASONS).list.first().struct.field("run_time")
    held = _quarantine(store, wanted.dataset).select(ROW, RUN, rules.alias("rules"), time.alias("time"))
    stated = held.join(fates, on=ROW, how="left").filter(pl.col("state").fill_null("held") == wanted.state)
    return stated if wanted.rule is None else stated.filter(pl.col("rules").list.contains(wanted.rule))


def _whole(store: SqlStore, dataset: str, ids: pl.DataFrame) -> pl.DataFrame:
    """The full rows of an index, in its order."""
    rows = _quarantine(store, dataset).filter(pl.col(ROW).is_in(ids[ROW].implode())).collect()
    return ids.join(rows, on=ROW, how="inner", maintain_order="left").select(rows.columns)


def _position() -> pl.Expr:
    """Where the row stood in its batch: the end of its id."""
    return pl.col(ROW).str.split(".").list.last().cast(pl.Int64, strict=False)


def _step() -> pl.Expr:
    """In which order a row was repaired: the end of a repair's id."""
    return pl.col("repair_id").str.split("/").list.last().cast(pl.Int64, strict=False)
