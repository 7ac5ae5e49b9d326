"""Keep what people request: filed here, carried out by a job, answered here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Row, insert, select

from sluice.domain import Message, Request, RequestKind, canonical, counted
from sluice.errors import UsageError
from sluice.store.database import Database
from sluice.store.leases import OwnLease
from sluice.store.records import get_record, update_record
from sluice.store.tables import ACTIVITY, REQUESTS

_UNFINISHED = ("pending", "taken")


class Requests:
    """File, list and answer requests; a request is pending, then taken by a worker, then done or refused."""

    def __init__(self, database: Database, datasets: Collection[str], clock: Callable[[], datetime]) -> None:
        """Keep the database, the names of the datasets, and the clock that dates answers."""
        self._database = database
        self._datasets = datasets
        self._clock = clock

    def submit(self, request: Request) -> Request:
        """File a request and return it as it was filed.

        Raises:
            UsageError: It lacks a name, a note, rows or a rule, or names an unknown dataset.
        """
        mistake = self._mistake(request)
        if mistake:
            raise UsageError(mistake)
        filed = replace(request, by=request.by.strip(), note=request.note.strip(), rule=None if request.rule is None else canonical(request.rule))
        with self._database.write() as connection:
            connection.execute(insert(REQUESTS).values(_to_values(filed)))
            connection.execute(insert(ACTIVITY).values(at=filed.at, who=filed.by, what=f"ask to {filed.kind}", subject=_subject(filed), reason=filed.note))
        return filed

    def take(self, request: Request, lease: OwnLease) -> Request:
        """Record which worker carries a request out, and return the request; the worker holds a lease on it meanwhile.

        Args:
            request: Pending, or taken by a worker that died.
            lease: Of the request.

        Raises:
            UsageError: The request is answered already.
        """
        with self._database.write() as connection:
            row = get_record(connection, REQUESTS, request.id, for_update=True)
            if row is None or row.state not in _UNFINISHED:
                raise UsageError(f"request {request.id} is answered already")
            return _to_request(update_record(connection, REQUESTS, request.id, state="taken", taken_by=lease.worker, epoch=lease.epoch))

    def give_back(self, request: Request) -> None:
        """Make a taken request pending again, unless it was finished or another worker took it over."""
        with self._database.write() as connection:
            row = get_record(connection, REQUESTS, request.id, for_update=True)
            if row is not None and (row.state, row.epoch) == ("taken", request.epoch):
                update_record(connection, REQUESTS, request.id, state="pending", taken_by="")

    def pending(self, dataset: str) -> Sequence[Request]:
        """Return the requests of a dataset that are not answered, the oldest first."""
        return self.unfinished(dataset)

    def unfinished(self, dataset: str | None = None) -> Sequence[Request]:
        """Return the requests that are not answered, the oldest first; those of a worker that died included."""
        return [request for request in self.all(dataset)[::-1] if request.state in _UNFINISHED]

    def all(self, dataset: str | None = None, *, state: str | None = None) -> Sequence[Request]:
        """Return requests, the newest first."""
        query = select(REQUESTS).order_by(REQUESTS.c.at.desc(), REQUESTS.c.id.desc())
        if dataset is not None:
            query = query.where(REQUESTS.c.dataset == dataset)
        if state is not None:
            query = query.where(REQUESTS.c.state == state)
        with self._database.read() as connection:
            return [_to_request(row) for row in connection.execute(query)]

    def get(self, request_id: str) -> Request | None:
        """Return the request of that id."""
        with self._database.read() as connection:
            row = get_record(connection, REQUESTS, request_id)
            return None if row is None else _to_request(row)

    def finish(self, request: Request, *, done: bool, answer: Message) -> None:
        """Record the outcome of a request; one that was answered, or taken over by another worker, stays as it is."""
        with self._database.write() as connection:
            row = get_record(connection, REQUESTS, request.id)
            if row is not None and (row.state == "pending" or (row.state, row.epoch) == ("taken", request.epoch)):
                state = "done" if done else "refused"
                update_record(connection, REQUESTS, request.id, state=state, answer=answer.dumps(), finished=self._clock())

    def _mistake(self, request: Request) -> str:
        """Return what is wrong with a request; nothing where it can be filed."""
        kind, names_dataset = request.kind, request.kind in ("release", "reject", "undo", "override")
        mistakes = {
            "a request needs the name of who asks (--by)": not request.by.strip(),
            "a request needs a reason (--reason)": not request.note.strip(),
            f"nobody can ask to {kind}; one of {', '.join(get_args(RequestKind))}": kind not in get_args(RequestKind),
            f"there is no dataset {request.dataset}; one of {', '.join(sorted(self._datasets))}": names_dataset and request.dataset not in self._datasets,
            f"a request to {kind} must name rows or a rule": kind in ("release", "reject") and not request.rows and not request.rule,
            f"a request to {kind} must name a model": kind in ("rollback", "refit") and not request.model,
            "a request to override must say until when": kind == "override" and request.until is None,
            "a request to undo must name repairs": kind == "undo" and not request.rows,
        }
        return next((text for text, applies in mistakes.items() if applies), "")


def _subject(request: Request) -> str:
    """Return what a request is about, as the activity log shows it."""
    if request.model:
        return request.model
    return f"{request.dataset}: {counted(len(request.rows), 'row') if request.rows else request.rule or ''}".rstrip(": ")


def _to_values(request: Request) -> dict[str, object]:
    return {
        "id": request.id,
        "kind": request.kind,
        "dataset": request.dataset,
        "by": request.by,
        "note": request.note,
        "at": request.at,
        "rows": list(request.rows),
        "rule": request.rule,
        "state": "pending",
        "answer": "",
        "model": request.model,
        "until": request.until,
        "taken_by": "",
        "epoch": 0,
    }


def _to_request(row: Row[Any]) -> Request:
    return Request(
        row.id,
        row.kind,
        row.dataset,
        row.by,
        row.note,
        row.at,
        tuple(row.rows),
        row.rule,
        row.state,
        Message.loads(row.answer),
        row.model,
        row.until,
        row.taken_by,
        row.epoch,
    )
