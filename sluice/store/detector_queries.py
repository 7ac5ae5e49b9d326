"""Query the store for the verdicts of detectors: batch by batch, the columns that drift, and every flagged row that was published; nothing here writes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import select

from sluice.domain import FLAGS, ROW, RUN, Message
from sluice.domain.message import SEVERAL, TEXT
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.store.snapshot import SqlSnapshot
from sluice.store.store import SqlStore
from sluice.store.tables import RUNS, VERDICTS

PAGE_SIZE = 100  # flags
DETECTOR_VERDICTS = pl.Schema(
    {
        "rule": pl.String(),
        "run_id": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "status": pl.String(),
        "rows": pl.Int64(),
        "failed": pl.Int64(),
        "columns": pl.List(pl.String()),
        "observed": pl.String(),
    }
)
_FLAG_COLUMNS = {name: f"_{name}" for name in FLAGS if name != ROW}  # a dataset may have columns of these names


@dataclass(frozen=True, slots=True)
class FlagFilter:
    """Select flags: of one dataset, by one detector or one pattern of it or by any, on the rows of one batch or on all that is published."""

    dataset: str
    detector: str | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class FlagCounts:
    """Count the flags on rows as they are published (`flags`), and those on rows that have been changed, replaced or held since (`outdated`)."""

    flags: int
    outdated: int


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """Represent a column that drifts: the newest observation, since when it drifts, and for how many batches in a row."""

    column: str
    observed: Message
    since: datetime
    batches: int


def detector_verdicts(store: SqlStore, dataset: str) -> pl.DataFrame:
    """Return each detector's verdict on each new batch once cleaned, the oldest first (schema DETECTOR_VERDICTS)."""
    names = [name for name in DETECTOR_VERDICTS if name not in ("run_id", "at")]
    new = (RUNS.c.dataset == dataset, RUNS.c.kind == "ingest", RUNS.c.seq.is_not(None))  # rows that are judged again are few and selected
    query = (
        select(*(VERDICTS.c[name] for name in names), RUNS.c.id, RUNS.c.at)
        .join(RUNS, VERDICTS.c.run_id == RUNS.c.id)
        .where(*new, VERDICTS.c.nature == "detector", VERDICTS.c.phase == "cleaned")
        .order_by(RUNS.c.at, RUNS.c.seq, VERDICTS.c.position)
    )
    with store.database.read() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    schema = {name: DETECTOR_VERDICTS[name] for name in (*names, "run_id", "at")}
    return pl.DataFrame(rows, schema=schema, orient="row").select(*DETECTOR_VERDICTS)


def drifted_columns(verdicts: pl.DataFrame) -> list[ColumnDrift]:
    """Return the columns that drift in the newest batch, and since when without a break, for a detector that judges whole batches.

    Args:
        verdicts: Of schema DETECTOR_VERDICTS: those of one rule, the oldest first.
    """
    judged = verdicts.filter(pl.col("status").is_in(["passed", "failed"])).rows(named=True)
    if not judged or judged[-1]["status"] != "failed" or judged[-1]["rows"]:
        return []
    return [_drift(column, judged) for column in judged[-1]["columns"]]


def _drift(column: str, judged: Sequence[Mapping[str, Any]]) -> ColumnDrift:
    streak: list[Mapping[str, Any]] = []
    for verdict in reversed(judged):
        if verdict["status"] != "failed" or column not in verdict["columns"]:
            break
        streak.append(verdict)
    observed = Message.loads(str(streak[0]["observed"]))
    return ColumnDrift(column, _about(column, observed), streak[-1]["at"], len(streak))


def _about(column: str, observed: Message) -> Message:
    """Return the parts of a message that are about a column; of a sentence those that name it."""
    parts = observed.params.get("messages") if observed.code == SEVERAL else (observed,)
    messages = [part for part in parts if isinstance(part, Message)] if isinstance(parts, tuple) else []
    if observed.code == TEXT:
        mention = re.compile(rf"(?<!\w){re.escape(column)}(?!\w)")
        return Message.text("; ".join(sentence for sentence in str(observed).split("; ") if mention.search(sentence)))
    return Message.join(message for message in messages if message.params.get("column") == column)


def count_flags(store: SqlStore, selection: FlagFilter) -> FlagCounts:
    """Count the selected flags."""
    snapshot = _snapshot(store, selection)
    flags = _index(snapshot, selection).select(pl.len()).collect().item()
    return FlagCounts(flags, _flags(snapshot, selection).select(pl.len()).collect().item() - flags)


def flag_page(store: SqlStore, selection: FlagFilter, page: int) -> pl.DataFrame:
    """Return one page of the selected flags, counted from 1, those of the newest batch first and of a batch the least likely first.

    Returns:
        `_rule`, `_score` (the p-value), `_columns`, `_message`, `_expected`; the row's declared columns, `_raw`, `_action`; `_run_id`, `_row_id`.
    """
    snapshot = _snapshot(store, selection)
    return _full_rows(snapshot, selection, _sorted(snapshot, selection).slice((page - 1) * PAGE_SIZE, PAGE_SIZE).collect())


def all_flags(store: SqlStore, selection: FlagFilter) -> pl.DataFrame:
    """Return all selected flags, with the columns of `flag_page`, for a file."""
    snapshot = _snapshot(store, selection)
    return _full_rows(snapshot, selection, _sorted(snapshot, selection).collect())


def _snapshot(store: SqlStore, selection: FlagFilter) -> SqlSnapshot:
    """Return what is published now; for a named batch, what was once it was published.

    Raises:
        UsageError: The batch is not published.
    """
    if selection.batch is None:
        return store.snapshot()
    run = store.runs.get(selection.batch)
    if run is None or run.dataset != selection.dataset or run.seq is None:
        raise make_error(UsageError, "no_such_published_batch", dataset=selection.dataset, batch=selection.batch)
    return store.snapshot(str(run.seq))


def _flags(snapshot: SqlSnapshot, selection: FlagFilter) -> pl.LazyFrame:
    flags, detector = snapshot.flags(selection.dataset), selection.detector
    if selection.batch is not None:
        flags = flags.filter(pl.col(RUN) == selection.batch)
    return flags if detector is None else flags.filter((pl.col("rule") == detector) | pl.col("rule").str.starts_with(f"{detector}:"))


def _index(snapshot: SqlSnapshot, selection: FlagFilter) -> pl.LazyFrame:
    """Return the selected flags on rows that are as the run published them."""
    published, flags = snapshot.published(selection.dataset), _flags(snapshot, selection)
    return flags.join(published.select(ROW, RUN), on=[ROW, RUN], how="semi") if published.collect_schema() else flags.clear()


def _sorted(snapshot: SqlSnapshot, selection: FlagFilter) -> pl.LazyFrame:
    order = pl.LazyFrame([(run.id, run.seq) for run in snapshot.runs(selection.dataset)], schema={RUN: pl.String, "_seq": pl.Int64}, orient="row")
    position = pl.col(ROW).str.split(".").list.last().cast(pl.Int64, strict=False).alias("_position")
    flags = _index(snapshot, selection).join(order, on=RUN, how="left").with_columns(position)
    return flags.sort("_seq", "score", "_position", "rule", descending=[True, False, False, False], nulls_last=True).drop("_seq", "_position")


def _full_rows(snapshot: SqlSnapshot, selection: FlagFilter, flags: pl.DataFrame) -> pl.DataFrame:
    """Return the flags with the cells of their rows."""
    renamed = flags.rename(_FLAG_COLUMNS)
    published = snapshot.published(selection.dataset)
    if not published.collect_schema():
        return renamed
    rows = published.filter(pl.col(ROW).is_in(flags[ROW].implode())).drop(RUN).collect()
    cells = [name for name in rows.columns if name != ROW]
    return renamed.join(rows.unique(ROW), on=ROW, how="left", maintain_order="left").select(*_FLAG_COLUMNS.values(), *cells, RUN, ROW)
