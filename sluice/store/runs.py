"""Read the records of runs and their verdicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Literal

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from sluice.domain import Layout, Message, Revision, Run, Score
from sluice.store.database import Database
from sluice.store.tables import CounterRow, RunRow, VerdictRow

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


def to_run(row: RunRow) -> Run:
    """Return the run of a record."""
    return Run(
        id=row.id,
        dataset=row.dataset,
        kind=row.kind,  # type: ignore[arg-type]  # only what a Run held is written
        seq=row.seq,
        at=row.at,
        state=row.state,  # type: ignore[arg-type]  # as above
        uri=row.uri,
        arrival=Score(row.arrival, row.arrival_dimensions),
        published=Score(row.published, row.published_dimensions),
        rows=row.rows,
        good=row.good,
        bad=row.bad,
        repaired=row.repaired,
        decision=row.decision,  # type: ignore[arg-type]  # as above
        reasons=tuple(map(Message.from_json, row.reasons)),
        versions=row.versions,
        basis=row.basis,
        fingerprint=row.fingerprint,
        error=Message.loads(row.error),
        started=row.started,
        finished=row.finished,
        copies=row.copies,
        superseded=row.superseded,
        revision=_to_revision(row.revision) if row.revision else None,
        replaced=row.replaced,
    )


def to_row(run: Run, *, number: int, stage: str = "", digest: str = "") -> RunRow:
    """Return the record of a run."""
    return RunRow(
        id=run.id,
        number=number,
        dataset=run.dataset,
        kind=run.kind,
        seq=run.seq,
        at=run.at,
        state=run.state,
        uri=run.uri,
        arrival=run.arrival.value,
        arrival_dimensions=dict(run.arrival.dimensions),
        published=run.published.value,
        published_dimensions=dict(run.published.dimensions),
        rows=run.rows,
        good=run.good,
        bad=run.bad,
        repaired=run.repaired,
        decision=run.decision,
        reasons=[reason.to_json() for reason in run.reasons],
        versions=dict(run.versions),
        basis=run.basis,
        fingerprint=run.fingerprint,
        error=run.error.dumps(),
        started=run.started,
        finished=run.finished,
        stage=stage,
        digest=digest,
        copies=run.copies,
        superseded=run.superseded,
        revises=run.revision and run.revision.run,
        revision=run.revision and revision_facts(run.revision),
        replaced=run.replaced,
    )


def revision_facts(revision: Revision) -> dict[str, Any]:
    """Return what is stored of a revision, as values that JSON knows."""
    score = {"value": revision.published.value, "dimensions": dict(revision.published.dimensions)}
    return {**asdict(replace(revision, reasons=())), "published": score, "reasons": [reason.to_json() for reason in revision.reasons]}


def _to_revision(facts: Mapping[str, Any]) -> Revision:
    return Revision(**{**facts, "published": Score(**facts["published"]), "reasons": tuple(map(Message.from_json, facts["reasons"]))})


def newest(session: Session) -> int:
    """Return the number of the newest snapshot."""
    return session.execute(select(CounterRow.value).where(CounterRow.name == "snapshot")).scalar_one()


def next_number(session: Session, counter: Literal["snapshot", "run"]) -> int:
    """Take a counter's next number; nobody takes another before the transaction ends, so none is seen before its predecessors."""
    row = session.get_one(CounterRow, counter, with_for_update=True)
    row.value += 1
    return row.value


def versions(session: Session, dataset: str, *, seq: int | None = None, without: Collection[str] = ()) -> Mapping[str, int]:
    """Return the Delta versions, by table, that the newest published run of a dataset names.

    Args:
        session: A transaction.
        dataset: Whose tables.
        seq: The newest run of this snapshot; of all where None.
        without: Runs that do not count.
    """
    query = select(RunRow.versions).where(RunRow.dataset == dataset, RunRow.seq.is_not(None), RunRow.id.not_in(without)).order_by(RunRow.seq.desc()).limit(1)
    return session.scalars(query if seq is None else query.where(RunRow.seq <= seq)).first() or {}


def layout_of(session: Session, dataset: str) -> Layout | None:
    """Return the layout that the newest published run of a dataset was judged in; None where none is recorded."""
    query = select(RunRow.layout).where(RunRow.dataset == dataset, RunRow.seq.is_not(None)).order_by(RunRow.seq.desc()).limit(1)
    facts = session.scalars(query).first()
    return Layout.from_json(facts) if facts else None


class Runs:
    """Read the records of runs."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    def of(self, dataset: str) -> Sequence[Run]:
        """Return a dataset's runs of every kind and state, the oldest first."""
        with self._database.read() as session:
            rows = session.scalars(select(RunRow).where(RunRow.dataset == dataset).order_by(RunRow.number))
            return [to_run(row) for row in rows]

    def published(self, dataset: str, seq: int) -> Sequence[Run]:
        """Return a dataset's published runs up to a snapshot, the oldest first."""
        with self._database.read() as session:
            rows = session.scalars(select(RunRow).where(RunRow.dataset == dataset, RunRow.seq <= seq).order_by(RunRow.seq))
            return [to_run(row) for row in rows]

    def get(self, run_id: str) -> Run | None:
        """Return the run of that id, in whatever state."""
        with self._database.read() as session:
            row = session.get(RunRow, run_id)
            return None if row is None else to_run(row)

    def metrics(self, dataset: str, seq: int) -> pl.DataFrame:
        """Return the verdicts of the published runs up to a snapshot, the oldest first: one row for each run, phase and rule (schema METRICS)."""
        facts = [getattr(VerdictRow, name) for name in METRICS if name not in ("run_id", "at")]
        query = (
            select(RunRow.id, RunRow.at, *facts)
            .join(VerdictRow, VerdictRow.run_id == RunRow.id)
            .where(RunRow.dataset == dataset, RunRow.seq <= seq)
            .order_by(RunRow.seq, VerdictRow.id)
        )
        with self._database.read() as session:
            return pl.DataFrame([tuple(row) for row in session.execute(query)], schema=METRICS, orient="row")

    def has_intents(self, dataset: str) -> bool:
        """Return True where a run was promised and is not published yet."""
        with self._database.read() as session:
            return session.scalars(select(RunRow.id).where(RunRow.dataset == dataset, RunRow.state == "intent").limit(1)).first() is not None

    def newest(self) -> int:
        """Return the number of the newest snapshot; 0 where nothing is published."""
        with self._database.read() as session:
            return newest(session)
