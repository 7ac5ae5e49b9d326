"""What detectors said, as people look at it: batch by batch, what has moved, and every flagged row that was published; nothing here writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import select

from sluice.domain import FLAGS, ROW, RUN, Message
from sluice.domain.message import SEVERAL, TEXT
from sluice.errors import UsageError
from sluice.store.snapshot import SqlSnapshot
from sluice.store.store import SqlStore
from sluice.store.tables import RunRow, VerdictRow

SIZE = 100  # flags of a page
DETECTED = pl.Schema(
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
_TOLD = {name: f"_{name}" for name in FLAGS if name != ROW}  # a dataset may have columns of these names


@dataclass(frozen=True, slots=True)
class Flagged:
    """Which flags: of one dataset, by one detector or one way of it, on the rows of one batch; by any, and of all that is published, unless named."""

    dataset: str
    detector: str | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many flags there are (`flags`), and how many were on rows that have been changed, replaced or held since (`gone`)."""

    flags: int
    gone: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A column that has moved: what was said of it last, since when that is said, and of how many batches in a row."""

    column: str
    said: Message
    since: datetime
    batches: int


def detected(store: SqlStore, dataset: str) -> pl.DataFrame:
    """What each detector said of each new batch once cleaned, the oldest first (schema DETECTED)."""
    facts = [getattr(VerdictRow, name) for name in DETECTED if name not in ("run_id", "at")]
    new = (RunRow.dataset == dataset, RunRow.kind == "ingest", RunRow.seq.is_not(None))  # of rows that are judged again there are few, and chosen ones
    query = (
        select(*facts, RunRow.id, RunRow.at)
        .join(RunRow, VerdictRow.run_id == RunRow.id)
        .where(*new, VerdictRow.nature == "detector", VerdictRow.phase == "cleaned")
        .order_by(RunRow.at, RunRow.seq, VerdictRow.position)
    )
    with store.database.read() as session:
        told = [tuple(row) for row in session.execute(query)]
    kept = [name for name in DETECTED if name not in ("run_id", "at")]
    return pl.DataFrame(told, schema={name: DETECTED[name] for name in (*kept, "run_id", "at")}, orient="row").select(*DETECTED)


def moved(told: pl.DataFrame) -> list[Moved]:
    """What has moved in the newest batch, and since when without a break: of a detector that speaks of whole batches.

    Args:
        told: Of schema DETECTED: one rule's, the oldest first.
    """
    judged = told.filter(pl.col("status").is_in(["passed", "failed"])).rows(named=True)
    if not judged or judged[-1]["status"] != "failed" or judged[-1]["rows"]:
        return []
    return [_moved(column, judged) for column in judged[-1]["columns"]]


def _moved(column: str, judged: list[dict[str, object]]) -> Moved:
    streak: list[dict[str, object]] = []
    for each in reversed(judged):
        if each["status"] != "failed" or column not in each["columns"]:  # type: ignore[operator]  # a list
            break
        streak.append(each)
    return Moved(column, _about(column, Message.loads(str(streak[0]["observed"]))), streak[-1]["at"], len(streak))  # type: ignore[arg-type]  # a time


def _about(column: str, observed: Message) -> Message:
    """Return the parts of a message that are about a column; of a sentence those that name it."""
    parts = observed.params.get("messages") if observed.code == SEVERAL else (observed,)
    messages = [part for part in parts if isinstance(part, Message)] if isinstance(parts, tuple) else []
    if observed.code == TEXT:
        named = re.compile(rf"(?<!\w){re.escape(column)}(?!\w)")
        return Message.text("; ".join(sentence for sentence in str(observed).split("; ") if named.search(sentence)))
    return Message.join(message for message in messages if message.params.get("column") == column)


def count(store: SqlStore, wanted: Flagged) -> Counted:
    """How many flags are wanted."""
    snapshot = _past(store, wanted)
    flags = _index(snapshot, wanted).select(pl.len()).collect().item()
    return Counted(flags, _flags(snapshot, wanted).select(pl.len()).collect().item() - flags)


def page(store: SqlStore, wanted: Flagged, number: int) -> pl.DataFrame:
    """One page of the wanted flags, counted from 1, those of the newest batch first and of a batch the least likely first.

    Returns:
        `_rule`, `_score` (the p-value), `_columns`, `_message`, `_expected`; the row's declared columns, `_raw`, `_action`; `_run_id`, `_row_id`.
    """
    snapshot = _past(store, wanted)
    return _whole(snapshot, wanted, _ordered(snapshot, wanted).slice((number - 1) * SIZE, SIZE).collect())


def all_flags(store: SqlStore, wanted: Flagged) -> pl.DataFrame:
    """All wanted flags, as `page` gives them, for a file."""
    snapshot = _past(store, wanted)
    return _whole(snapshot, wanted, _ordered(snapshot, wanted).collect())


def _past(store: SqlStore, wanted: Flagged) -> SqlSnapshot:
    """What is published now; of a named batch, what was once it was published.

    Raises:
        UsageError: The batch is not published.
    """
    if wanted.batch is None:
        return store.snapshot()
    run = store.runs.get(wanted.batch)
    if run is None or run.dataset != wanted.dataset or run.seq is None:
        raise UsageError(f"{wanted.dataset} has no published batch {wanted.batch}; `sluice detectors show NAME` lists the runs")
    return store.snapshot(str(run.seq))


def _flags(snapshot: SqlSnapshot, wanted: Flagged) -> pl.LazyFrame:
    flags, detector = snapshot.flags(wanted.dataset), wanted.detector
    if wanted.batch is not None:
        flags = flags.filter(pl.col(RUN) == wanted.batch)
    return flags if detector is None else flags.filter((pl.col("rule") == detector) | pl.col("rule").str.starts_with(f"{detector}:"))


def _index(snapshot: SqlSnapshot, wanted: Flagged) -> pl.LazyFrame:
    """The wanted flags on rows that are as the run published them."""
    clean, flags = snapshot.published(wanted.dataset), _flags(snapshot, wanted)
    return flags.join(clean.select(ROW, RUN), on=[ROW, RUN], how="semi") if clean.collect_schema() else flags.clear()


def _ordered(snapshot: SqlSnapshot, wanted: Flagged) -> pl.LazyFrame:
    order = pl.LazyFrame([(run.id, run.seq) for run in snapshot.runs(wanted.dataset)], schema={RUN: pl.String, "_seq": pl.Int64}, orient="row")
    position = pl.col(ROW).str.split(".").list.last().cast(pl.Int64, strict=False).alias("_position")
    ordered = _index(snapshot, wanted).join(order, on=RUN, how="left").with_columns(position)
    return ordered.sort("_seq", "score", "_position", "rule", descending=[True, False, False, False], nulls_last=True).drop("_seq", "_position")


def _whole(snapshot: SqlSnapshot, wanted: Flagged, flags: pl.DataFrame) -> pl.DataFrame:
    """The flags with the cells of their rows."""
    told = flags.rename(_TOLD)
    clean = snapshot.published(wanted.dataset)
    if not clean.collect_schema():
        return told
    rows = clean.filter(pl.col(ROW).is_in(flags[ROW].implode())).drop(RUN).collect()
    cells = [name for name in rows.columns if name != ROW]
    return told.join(rows.unique(ROW), on=ROW, how="left", maintain_order="left").select(*_TOLD.values(), *cells, RUN, ROW)
