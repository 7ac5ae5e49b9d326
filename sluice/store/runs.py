"""Read the records of runs and their verdicts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Literal

import polars as pl
from sqlalchemy import Connection, Row, func, select, update

from sluice.domain import Layout, Mark, Message, Revision, Run, Score
from sluice.store.database import Database
from sluice.store.records import get_record
from sluice.store.tables import COUNTERS, RUNS, VERDICTS

_PUBLISHING = ("ingest", "release", "replay", "undo", "map_values")  # kinds of runs under whose id rows are published

METRICS = pl.Schema(
    {
        "run_id": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "phase": pl.String(),
        "rule": pl.String(),
        "nature": pl.String(),
        "dimension": pl.String(),
        "severity": pl.String(),
        "status": pl.String(),
        "rows": pl.Int64(),
        "failed": pl.Int64(),
    }
)


def to_run(row: Row[Any]) -> Run:
    """Return the run of a record."""
    return Run(
        id=row.id,
        dataset=row.dataset,
        kind=row.kind,
        seq=row.seq,
        at=row.at,
        state=row.state,
        uri=row.uri,
        arrival=Score(row.arrival, row.arrival_dimensions),
        published=Score(row.published, row.published_dimensions),
        rows=row.rows,
        good=row.good,
        bad=row.bad,
        repaired=row.repaired,
        decision=row.decision,
        reasons=tuple(map(Message.from_json, row.reasons)),
        versions=row.versions,
        basis=row.basis,
        fingerprint=row.fingerprint,
        error=Message.loads(row.error),
        started=row.started,
        finished=row.finished,
        copies=row.copies,
        superseded=row.superseded,
        revisions=tuple(map(_to_revision, row.revisions or ())),
        replaced=row.replaced,
        size=row.size,
        mark=Mark.from_json(row.mark) if row.mark else None,
        stages=row.stages or {},
        configuration=row.configuration,
    )


def to_values(run: Run, *, number: int, stage: str = "", digest: str = "") -> dict[str, object]:
    """Return the columns of the record of a run, beside its layout."""
    return {
        "id": run.id,
        "number": number,
        "dataset": run.dataset,
        "kind": run.kind,
        "seq": run.seq,
        "at": run.at,
        "state": run.state,
        "uri": run.uri,
        "arrival": run.arrival.value,
        "arrival_dimensions": dict(run.arrival.dimensions),
        "published": run.published.value,
        "published_dimensions": dict(run.published.dimensions),
        "rows": run.rows,
        "good": run.good,
        "bad": run.bad,
        "repaired": run.repaired,
        "decision": run.decision,
        "reasons": [reason.to_json() for reason in run.reasons],
        "versions": dict(run.versions),
        "basis": run.basis,
        "fingerprint": run.fingerprint,
        "error": run.error.dumps(),
        "started": run.started,
        "finished": run.finished,
        "stage": stage,
        "digest": digest,
        "copies": run.copies,
        "superseded": run.superseded,
        "revisions": [revision_facts(revision) for revision in run.revisions],
        "replaced": run.replaced,
        "size": run.size,
        "mark": run.mark.to_json() if run.mark else None,
        "stages": dict(run.stages),
        "configuration": run.configuration,
    }


def revision_facts(revision: Revision) -> dict[str, Any]:
    """Return what is stored of a revision, as values that JSON knows."""
    score = {"value": revision.published.value, "dimensions": dict(revision.published.dimensions)}
    return {**asdict(replace(revision, reasons=())), "published": score, "reasons": [reason.to_json() for reason in revision.reasons]}


def _to_revision(facts: Mapping[str, Any]) -> Revision:
    return Revision(**{**facts, "published": Score(**facts["published"]), "reasons": tuple(map(Message.from_json, facts["reasons"]))})


def newest(connection: Connection) -> int:
    """Return the number of the newest snapshot."""
    return _value_of(connection, "snapshot")


def next_number(connection: Connection, counter: Literal["snapshot", "run", "disposition", "taken_back", "activity"]) -> int:
    """Take a counter's next number; nobody takes another before the transaction ends, so none is seen before its predecessors."""
    connection.execute(update(COUNTERS).where(COUNTERS.c.name == counter).values(value=COUNTERS.c.value + 1))
    return _value_of(connection, counter)


def _value_of(connection: Connection, counter: str) -> int:
    return int(connection.execute(select(COUNTERS.c.value).where(COUNTERS.c.name == counter)).scalar_one())


def versions(connection: Connection, dataset: str, *, seq: int | None = None, without: Collection[str] = ()) -> Mapping[str, int]:
    """Return the Delta versions, by table, that the newest published run of a dataset names.

    Args:
        connection: A transaction.
        dataset: Whose tables.
        seq: The newest run of this snapshot; of all where None.
        without: Runs that do not count.
    """
    query = select(RUNS.c.versions).where(RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None), RUNS.c.id.not_in(without)).order_by(RUNS.c.seq.desc()).limit(1)
    return connection.scalars(query if seq is None else query.where(RUNS.c.seq <= seq)).first() or {}


def layout_of(connection: Connection, dataset: str) -> Layout | None:
    """Return the layout that the newest published run of a dataset was judged in; None where none is recorded."""
    query = select(RUNS.c.layout).where(RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None)).order_by(RUNS.c.seq.desc()).limit(1)
    facts = connection.scalars(query).first()
    return Layout.from_json(facts) if facts else None


class Runs:
    """Read the records of runs."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database
        self._published: dict[str, list[Run]] = {}

    def of(self, dataset: str) -> Sequence[Run]:
        """Return a dataset's runs of every kind and state, the oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(RUNS).where(RUNS.c.dataset == dataset).order_by(RUNS.c.number))
            return [to_run(row) for row in rows]

    def published(self, dataset: str, seq: int) -> Sequence[Run]:
        """Return a dataset's published runs up to a snapshot, the oldest first; those that were read before are not read again.

        The record of a published run never changes, but the database may be restored from a backup: then the newest run is another one.
        """
        before = self._published.get(dataset, [])
        rows = self._published_since(dataset, before[-1].seq if before else None)
        if before and (not rows or (rows[0].id, rows[0].finished) != (before[-1].id, before[-1].finished)):
            before, rows = [], self._published_since(dataset, None)
        runs = [*before, *map(to_run, rows[1:] if before else rows)]
        self._published[dataset] = runs
        return runs[: bisect_right(runs, seq, key=lambda run: run.seq or 0)]

    def _published_since(self, dataset: str, seq: int | None) -> Sequence[Row[Any]]:
        query = select(RUNS).where(RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None) if seq is None else RUNS.c.seq >= seq)
        with self._database.read() as connection:
            return connection.execute(query.order_by(RUNS.c.seq)).all()

    def published_before(self, moment: datetime) -> Mapping[int, Run]:
        """Return the runs of all datasets that were published before a moment, by their numbers."""
        query = select(RUNS).where(RUNS.c.seq.is_not(None), func.coalesce(RUNS.c.finished, RUNS.c.at) < moment).order_by(RUNS.c.number)
        with self._database.read() as connection:
            return {row.number: to_run(row) for row in connection.execute(query)}

    def get(self, run_id: str) -> Run | None:
        """Return the run of that id, in whatever state."""
        with self._database.read() as connection:
            row = get_record(connection, RUNS, run_id)
            return None if row is None else to_run(row)

    def page(
        self,
        size: int,
        *,
        dataset: str | None = None,
        state: str | None = None,
        kind: str | None = None,
        before: int | None = None,
        among: Collection[str] | None = None,
    ) -> Sequence[tuple[int, Run]]:
        """Return the newest runs that match, each with the number in the order of which runs are recorded.

        Args:
            size: Number of runs, at most.
            dataset: Only runs of this dataset.
            state: Only runs in this state.
            kind: Only runs of this kind.
            before: Only runs that were recorded before the one of this number.
            among: Only runs of these datasets; None: of any.
        """
        chosen = {RUNS.c.dataset: dataset, RUNS.c.state: state, RUNS.c.kind: kind}
        query = select(RUNS).where(*(column == value for column, value in chosen.items() if value is not None))
        if before is not None:
            query = query.where(RUNS.c.number < before)
        if among is not None:
            query = query.where(RUNS.c.dataset.in_(among))
        with self._database.read() as connection:
            return [(row.number, to_run(row)) for row in connection.execute(query.order_by(RUNS.c.number.desc()).limit(size))]

    def of_file(self, dataset: str, name: str) -> Sequence[str]:
        """Return the ids of a dataset's runs that read a file of that name, in whatever folder."""
        query = select(RUNS.c.id, RUNS.c.uri).where(RUNS.c.dataset == dataset, RUNS.c.uri.endswith(name, autoescape=True))
        with self._database.read() as connection:
            return [row.id for row in connection.execute(query) if row.uri.rsplit("/", 1)[-1] == name]

    def unmet(self, run_ids: Collection[str]) -> Collection[str]:
        """Return the rules that hold rows of some runs, or leave their decision unknown since they were not evaluated."""
        holds = VERDICTS.c.on_fail.in_(("quarantine", "repair", "block")) & (VERDICTS.c.status == "failed")
        unknown = (VERDICTS.c.severity == "critical") & (VERDICTS.c.status == "not_evaluated")
        query = select(VERDICTS.c.rule).where(VERDICTS.c.run_id.in_(run_ids), VERDICTS.c.phase != "arrival", holds | unknown).distinct()
        with self._database.read() as connection:
            return set(connection.scalars(query)) if run_ids else set()

    def unevaluated(self, dataset: str, rules: Collection[str]) -> Mapping[str, tuple[datetime, frozenset[str]]]:
        """Return by run, the oldest first, its time and those rules that were not evaluated on its published rows, then or since.

        Args:
            dataset: Name of a dataset.
            rules: Ids of the rules that count.
        """
        query = (
            select(RUNS.c.id, RUNS.c.at, RUNS.c.kind, RUNS.c.revisions, VERDICTS.c.rule, VERDICTS.c.status)
            .join(VERDICTS, VERDICTS.c.run_id == RUNS.c.id)
            .where(RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None), VERDICTS.c.phase == "published", VERDICTS.c.rule.in_(rules))
            .where((VERDICTS.c.status == "not_evaluated") | (RUNS.c.kind == "recheck"))
            .order_by(RUNS.c.seq)
        )
        with self._database.read() as connection:
            verdicts = connection.execute(query).all() if rules else []
        settled = {(row.revisions[0]["run"], row.rule) for row in verdicts if row.kind == "recheck" and row.revisions and row.status != "not_evaluated"}
        waiting: dict[str, tuple[datetime, frozenset[str]]] = {}
        for row in verdicts:
            if row.kind in _PUBLISHING and (row.id, row.rule) not in settled:
                waiting[row.id] = (row.at, waiting.get(row.id, (row.at, frozenset()))[1] | {row.rule})
        return waiting

    def has_published(self, dataset: str) -> bool:
        """Return True where a run of a dataset is published."""
        with self._database.read() as connection:
            return connection.scalars(select(RUNS.c.id).where(RUNS.c.dataset == dataset, RUNS.c.seq.is_not(None)).limit(1)).first() is not None

    def ids(self, dataset: str, states: Collection[str]) -> frozenset[str]:
        """Return the ids of a dataset's runs that are in one of some states."""
        with self._database.read() as connection:
            return frozenset(connection.scalars(select(RUNS.c.id).where(RUNS.c.dataset == dataset, RUNS.c.state.in_(states))))

    def state(self, run_id: str) -> str | None:
        """Return the state of a run; None where there is none of that id."""
        with self._database.read() as connection:
            return connection.scalars(select(RUNS.c.state).where(RUNS.c.id == run_id)).first()

    def metrics(self, dataset: str, seq: int, runs: Collection[str] | None = None) -> pl.DataFrame:
        """Return the verdicts of the published runs up to a snapshot, the oldest first: one row for each run, phase and rule (schema METRICS).

        Args:
            dataset: The dataset.
            seq: The snapshot.
            runs: Ids of the runs that count; None means all.
        """
        facts = [VERDICTS.c[name] for name in METRICS if name not in ("run_id", "at")]
        query = (
            select(RUNS.c.id, RUNS.c.at, *facts)
            .join(VERDICTS, VERDICTS.c.run_id == RUNS.c.id)
            .where(RUNS.c.dataset == dataset, RUNS.c.seq <= seq, *([] if runs is None else [RUNS.c.id.in_(runs)]))
            .order_by(RUNS.c.seq, VERDICTS.c.id)
        )
        with self._database.read() as connection:
            return pl.DataFrame([tuple(row) for row in connection.execute(query)], schema=METRICS, orient="row")

    def versions(self, dataset: str, seq: int, without: Collection[str] = ()) -> Mapping[str, int]:
        """Return the Delta versions that the newest run of a snapshot names; see `versions`."""
        with self._database.read() as connection:
            return versions(connection, dataset, seq=seq, without=without)

    def has_intents(self, dataset: str) -> bool:
        """Return True where a run was promised and is not published yet."""
        with self._database.read() as connection:
            return connection.scalars(select(RUNS.c.id).where(RUNS.c.dataset == dataset, RUNS.c.state == "intent").limit(1)).first() is not None

    def newest(self) -> int:
        """Return the number of the newest snapshot; 0 where nothing is published."""
        with self._database.read() as connection:
            return newest(connection)
