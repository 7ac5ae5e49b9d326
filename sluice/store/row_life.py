"""Tell the life of one row: file, casts, rules, repairs, held or published, released, models that learned from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from sluice.domain import MASK, RAW, REASONS, ROW, RUN, Message, Run, Schema, repair_step
from sluice.messages import mask_reasons, reason_message
from sluice.rules.windows import read_at
from sluice.store.learned import models_that_read
from sluice.store.records import get_record
from sluice.store.store import SqlStore
from sluice.store.tables import QUARANTINE_STATUS


@dataclass(frozen=True, slots=True)
class Step:
    """Represent one step in the life of a row.

    Attributes:
        stage: arrived, cast, repaired, held, published, settled or learned.
        message: What happened; personal cells are masked.
        at: When; None where the record has no time of its own.
        run: Id of the run that did it.
    """

    stage: str
    message: Message
    at: datetime | None = None
    run: str = ""


@dataclass(frozen=True, slots=True)
class RowLife:
    """Represent a row with its steps, the oldest first.

    Attributes:
        dataset: Its dataset.
        row: Its id.
        state: published, held, released, rejected, copy or superseded.
        steps: What happened to it.
    """

    dataset: str
    row: str
    state: str
    steps: tuple[Step, ...]


def row_life(store: SqlStore, row_id: str) -> RowLife | None:
    """Return the life of a row; None where no batch has such a row.

    Args:
        store: Records and rows.
        row_id: Id of the row: its batch and its position.
    """
    arrived = store.runs.get(row_id.rpartition(".")[0])
    if arrived is None or arrived.dataset not in store.schemas:
        return None
    schema, snapshot = store.schemas[arrived.dataset], store.snapshot()
    published, held = (_one(rows, row_id) for rows in (snapshot.published(schema.dataset), snapshot.quarantine(schema.dataset)))
    repeats = snapshot.repeat_of(schema.dataset, row_id)
    if not published and not held and repeats is None:
        return None
    repairs = list(_repairs(store, schema, row_id))
    steps = [_arrival(arrived, row_id), *_casts(held or published, schema), *(step for step in repairs if step.run == arrived.id)]
    steps += [*_holds(store, held, schema), *(step for step in repairs if step.run != arrived.id), *_settlements(store, schema.dataset, row_id)]
    steps += [Step("settled", repeats)] if repeats else []
    if published:
        run = store.runs.get(str(published[RUN]))
        steps.append(Step("published", Message.of("life_published", run=published[RUN]), run.finished if run else None, str(published[RUN])))
        steps += [Step("learned", Message.of("life_learned", models=models)) for models in [models_that_read(store, [str(published[RUN])])] if models]
    return RowLife(schema.dataset, row_id, _state(store, schema.dataset, row_id, published=bool(published), repeats=repeats), tuple(_in_order(steps)))


def _in_order(steps: Iterable[Step]) -> list[Step]:
    """Return steps by their times; one without a time comes right after the one before it."""
    dated, moment = [], datetime.min.replace(tzinfo=UTC)
    for step in steps:
        moment = step.at or moment
        dated.append((moment, step))
    return [step for _, step in sorted(dated, key=itemgetter(0))]


def _one(rows: pl.LazyFrame, row_id: str) -> Mapping[str, Any]:
    """Return the newest row of an id; nothing where there is none. Files that cannot hold it are not read."""
    if ROW not in rows.collect_schema():
        return {}
    matches = rows.filter(pl.col(ROW) == row_id).collect()
    return matches.row(-1, named=True) if matches.height else {}


def _state(store: SqlStore, dataset: str, row_id: str, *, published: bool, repeats: Message | None) -> str:
    if published:
        return "published"
    with store.database.read() as connection:
        status = get_record(connection, QUARANTINE_STATUS, dataset, row_id)
    if status is not None:
        return str(status.state)
    return "held" if repeats is None else "copy" if repeats.code == "row_copy" else "superseded"


def _arrival(run: Run, row_id: str) -> Step:
    position = row_id.rpartition(".")[2]
    place = int(position) + 1 if position.isdecimal() else 0
    return Step("arrived", Message.of("life_arrived", place=place, file=PurePosixPath(run.uri).name or run.id), read_at(run), run.id)


def _casts(row: Mapping[str, Any], schema: Schema) -> Iterator[Step]:
    columns = {column.name: column for column in schema.columns}
    for cell in row.get(RAW) or ():
        column = columns.get(cell["column"])
        if column is not None:
            yield Step("cast", Message.of("life_uncast", column=column.name, text=MASK if column.personal else cell["text"], type=column.type))


def _repairs(store: SqlStore, schema: Schema, row_id: str) -> Iterator[Step]:
    """Yield what cleaners and people changed or suggest, each repair that was undone with its end."""
    personal = {column.name for column in schema.columns if column.personal}
    undone = store.quarantine.undone(schema.dataset)
    repairs = store.snapshot().repairs(schema.dataset).filter(pl.col(ROW) == row_id).collect().sort(repair_step())
    for repair in repairs.iter_rows(named=True):
        old, new = (MASK if repair["column"] in personal and value is not None else value for value in (repair["old"], repair["new"]))
        code = "life_repaired" if repair["applied"] else "life_suggested"
        facts = {"column": repair["column"], "old": old, "new": new, "cleaner": repair["cleaner"]}
        yield Step("repaired", Message(code, facts), _read_at(store, repair[RUN]), repair[RUN])
        if repair["repair_id"] in undone:
            run, at = undone[repair["repair_id"]]
            yield Step("repaired", Message("life_repair_undone", facts), at, run)


def _read_at(store: SqlStore, run_id: str) -> datetime | None:
    run = store.runs.get(run_id)
    return None if run is None else read_at(run)


def _holds(store: SqlStore, held: Mapping[str, Any], schema: Schema) -> Iterator[Step]:
    """Yield the reasons for which the row is, or was, held."""
    personal = frozenset(column.name for column in schema.columns if column.personal)
    for reason in mask_reasons(held.get(REASONS), personal, frozenset(schema.names), MASK) or ():
        yield Step(
            "held", Message.of("life_held", rule=reason["name"], reason=reason_message(reason)), _read_at(store, reason["run_id"] or ""), reason["run_id"] or ""
        )


def _settlements(store: SqlStore, dataset: str, row_id: str) -> Iterator[Step]:
    with store.database.read() as connection:
        status = get_record(connection, QUARANTINE_STATUS, dataset, row_id)
    if status is not None:
        yield Step("settled", Message.of("life_settled", state=status.state, by=status.by, reason=Message.loads(status.reason)), status.at, status.run_id or "")
