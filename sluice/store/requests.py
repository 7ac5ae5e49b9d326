"""What people ask for: filed here, carried out by a job, answered here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import get_args

from sqlalchemy import select

from sluice.domain import Message, Request, RequestKind, counted
from sluice.errors import UsageError
from sluice.store.database import Database
from sluice.store.tables import ActivityRow, RequestRow


class Requests:
    """Files, lists and answers requests."""

    def __init__(self, database: Database, datasets: Collection[str], clock: Callable[[], datetime]) -> None:
        """Keep the database, the names that may be asked about, and the clock that dates answers."""
        self._database = database
        self._datasets = datasets
        self._clock = clock

    def submit(self, request: Request) -> Request:
        """File a request.

        Raises:
            UsageError: It has no name or note, asks of an unknown dataset, or says not which rows.
        """
        wrong = self._wrong(request)
        if wrong:
            raise UsageError(wrong)
        with self._database.write() as session:
            session.add(
                RequestRow(
                    id=request.id,
                    kind=request.kind,
                    dataset=request.dataset,
                    by=request.by.strip(),
                    note=request.note.strip(),
                    at=request.at,
                    rows=list(request.rows),
                    rule=request.rule,
                    state="pending",
                    answer="",
                    model=request.model,
                    until=request.until,
                )
            )
            session.add(ActivityRow(at=request.at, who=request.by.strip(), what=f"ask to {request.kind}", subject=_subject(request), why=request.note.strip()))
        return request

    def pending(self, dataset: str) -> Sequence[Request]:
        """The pending requests, the oldest first."""
        return self.all(dataset, state="pending")[::-1]

    def all(self, dataset: str | None = None, *, state: str | None = None) -> Sequence[Request]:
        """Requests, the newest first."""
        query = select(RequestRow).order_by(RequestRow.at.desc(), RequestRow.id.desc())
        if dataset is not None:
            query = query.where(RequestRow.dataset == dataset)
        if state is not None:
            query = query.where(RequestRow.state == state)
        with self._database.read() as session:
            return [_to_request(row) for row in session.scalars(query)]

    def finish(self, request: Request, *, done: bool, answer: Message) -> None:
        """Record what became of a request; one that was answered stays as it is."""
        with self._database.write() as session:
            row = session.get(RequestRow, request.id)
            if row is not None and row.state == "pending":
                row.state, row.answer, row.finished = "done" if done else "refused", answer.dumps(), self._clock()

    def _wrong(self, request: Request) -> str:
        """What is wrong with a request; empty where nothing is."""
        kind, of_rows = request.kind, request.kind in ("release", "reject", "undo", "override")
        faults = {
            "a request needs the name of who asks": not request.by.strip(),
            "a request needs a note that says why": not request.note.strip(),
            f"nobody can ask to {kind}; one of {', '.join(get_args(RequestKind))}": kind not in get_args(RequestKind),
            f"there is no dataset {request.dataset}; one of {', '.join(sorted(self._datasets))}": of_rows and request.dataset not in self._datasets,
            f"a request to {kind} must name rows or a rule": kind in ("release", "reject") and not request.rows and not request.rule,
            f"a request to {kind} must name a model": kind in ("rollback", "refit") and not request.model,
            "a request to override must say until when": kind == "override" and request.until is None,
            "a request to undo must name repairs": kind == "undo" and not request.rows,
        }
        return next((what for what, wrong in faults.items() if wrong), "")


def _subject(request: Request) -> str:
    """What a request is about, as the activity log tells it."""
    if request.model:
        return request.model
    return f"{request.dataset}: {counted(len(request.rows), 'row') if request.rows else request.rule or ''}".rstrip(": ")


def _to_request(row: RequestRow) -> Request:
    return Request(
        row.id,
        row.kind,  # type: ignore[arg-type]  # only what a Request held is written
        row.dataset,
        row.by,
        row.note,
        row.at,
        tuple(row.rows),
        row.rule,
        row.state,  # type: ignore[arg-type]  # as above
        Message.loads(row.answer),
        row.model,
        row.until,
    )
