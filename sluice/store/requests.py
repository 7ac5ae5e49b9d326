"""Keep what people request: filed here, carried out by a job, answered here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, select

from sluice.domain import CorrectedCell, Message, People, Person, Request, RequestKind, canonical
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.people import refusal
from sluice.rules.request_mistakes import request_mistake
from sluice.store.activity_log import log_act
from sluice.store.corrected_cells import add_cells, drop_cells, read_cells
from sluice.store.database import Database
from sluice.store.leases import OwnLease
from sluice.store.records import get_record, update_record
from sluice.store.request_rows import from_person, to_request, to_values
from sluice.store.tables import REQUESTS

_UNFINISHED = ("pending", "taken")
_APPROVED: Collection[RequestKind] = ("change_rule", "undo_change_rule", "map_values", "undo_map_values", "restore_config")  # with `approval: two`


class Requests:
    """File, list and answer requests; a request is pending, then taken by a worker, then done or refused."""

    def __init__(self, database: Database, datasets: Collection[str], clock: Callable[[], datetime], people: People) -> None:
        """Keep the database, the names of the datasets, the clock that dates answers, and who may do what."""
        self._database = database
        self._datasets = datasets
        self._clock = clock
        self._people = people

    def submit(self, request: Request, cells: Sequence[CorrectedCell] = ()) -> Request:
        """File a request and return it as it was filed.

        Args:
            request: The request.
            cells: Right values of cells of its rows, where it corrects them.

        Raises:
            UsageError: It lacks a name, a note, rows or a rule, names an unknown dataset, or the person lacks the role that it needs.
        """
        mistake = request_mistake(request, self._datasets)
        if mistake:
            raise make_error(UsageError, mistake)
        self._require_role(request, request.person)
        filed = replace(request, by=request.by.strip(), note=request.note.strip(), rule=None if request.rule is None else canonical(request.rule))
        with self._database.write() as connection:
            connection.execute(insert(REQUESTS).values(to_values(filed)))
            add_cells(connection, filed.id, cells)
            log_act(connection, at=filed.at, who=filed.by, what=f"ask to {filed.kind}", subject=_subject(filed), reason=filed.note)
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
                raise make_error(UsageError, "request_answered_already", request=request.id)
            taken = to_request(update_record(connection, REQUESTS, request.id, state="taken", taken_by=lease.worker, epoch=lease.epoch))
            return replace(taken, retaken=row.epoch > 0)

    def name_rows(self, request: Request, rows: Sequence[str]) -> tuple[str, ...]:
        """Record what a taken request will be carried out for, beside what it names already; return all that it names.

        A worker that takes it after this one died knows by that what was done.
        """
        with self._database.write() as connection:
            row = get_record(connection, REQUESTS, request.id, for_update=True)
            named = tuple(dict.fromkeys([*(row.rows if row else ()), *rows]))
            update_record(connection, REQUESTS, request.id, rows=list(named))
            return named

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
            return [to_request(row) for row in connection.execute(query)]

    def page(
        self, size: int, *, dataset: str | None = None, state: str | None = None, before: Request | None = None, among: Collection[str] | None = None
    ) -> Sequence[Request]:
        """Return the newest requests that match.

        Args:
            size: Number of requests, at most.
            dataset: Only requests about this dataset.
            state: Only requests in this state.
            before: Only requests that come after this one in the list.
            among: Only requests about these datasets; None: about any.
        """
        chosen = {REQUESTS.c.dataset: dataset, REQUESTS.c.state: state}
        query = select(REQUESTS).where(*(column == value for column, value in chosen.items() if value is not None))
        if among is not None:
            query = query.where(REQUESTS.c.dataset.in_(among))
        if before is not None:
            query = query.where((REQUESTS.c.at < before.at) | ((REQUESTS.c.at == before.at) & (REQUESTS.c.id < before.id)))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(REQUESTS.c.at.desc(), REQUESTS.c.id.desc()).limit(size))
            return [to_request(row) for row in rows]

    def get(self, request_id: str) -> Request | None:
        """Return the request of that id."""
        with self._database.read() as connection:
            row = get_record(connection, REQUESTS, request_id)
            return None if row is None else to_request(row)

    def cells(self, request_id: str) -> tuple[CorrectedCell, ...]:
        """Return the right values that a request names; none once it is answered."""
        with self._database.read() as connection:
            return read_cells(connection, request_id)

    def finish(self, request: Request, *, done: bool, answer: Message) -> None:
        """Record the outcome of a request; one that was answered, or taken over by another worker, stays as it is."""
        with self._database.write() as connection:
            row = get_record(connection, REQUESTS, request.id)
            if row is not None and (row.state == "pending" or (row.state, row.epoch) == ("taken", request.epoch)):
                state = "done" if done else "refused"
                update_record(connection, REQUESTS, request.id, state=state, answer=answer.dumps(), finished=self._clock())
                drop_cells(connection, request.id)

    def ask(self, request: Request, question: Message) -> None:
        """Let a taken request wait for a person: record what it would do, and why that has to be confirmed."""
        with self._database.write() as connection:
            row = get_record(connection, REQUESTS, request.id, for_update=True)
            if row is not None and (row.state, row.epoch) == ("taken", request.epoch):
                update_record(connection, REQUESTS, request.id, state="asked", answer=question.dumps())

    def confirm(self, request_id: str, *, by: str, person: Person | None = None) -> Request:
        """Let a request that waits for a person be carried out, as who confirms it; the activity log records who did.

        Raises:
            UsageError: Nobody is named, the request does not wait, the person lacks the role that it needs, or approves a change of their own.
        """
        request = self.get(request_id)
        if request is not None and request.kind in _APPROVED and by.strip().casefold() == request.by.casefold():
            raise make_error(UsageError, "request_own_approval", request=request_id, author=request.by)
        changes = {"state": "pending", "answer": "", "ask": False, "person": from_person(person), "approved_by": by.strip()}
        return self._answer(request_id, by, person, "confirm", changes)

    def withdraw(self, request_id: str, *, by: str, person: Person | None = None) -> Request:
        """Refuse a request that waits for a person.

        Raises:
            UsageError: Nobody is named, the request does not wait, or the person lacks the role that it needs.
        """
        answer = Message.of("release_withdrawn", by=by.strip())
        return self._answer(request_id, by, person, "withdraw", {"state": "refused", "answer": answer.dumps(), "finished": self._clock()})

    def cancel(self, request_id: str, *, by: str, person: Person | None = None) -> Request:
        """Refuse a request that waits, or a trial that is not answered; who carries a trial out ends it after the batch that is judged then.

        Raises:
            UsageError: Nobody is named, it is answered already or in progress and no trial, or the person lacks the role that it needs.
        """
        answer = Message.of("trial_cancelled", by=by.strip())
        changes = {"state": "refused", "answer": answer.dumps(), "finished": self._clock()}
        is_trial = (request := self.get(request_id)) is not None and request.kind == "try_rule"
        return self._answer(request_id, by, person, "cancel", changes, states=_UNFINISHED if is_trial else ("pending",))

    def _answer(
        self,
        request_id: str,
        by: str,
        person: Person | None,
        what: str,
        changes: Mapping[str, object],
        *,
        states: Collection[str] = ("asked",),
    ) -> Request:
        if not by.strip():
            raise make_error(UsageError, "request_without_name")
        with self._database.write() as connection:
            row = get_record(connection, REQUESTS, request_id, for_update=True)
            if row is None or row.state not in states:
                raise make_error(UsageError, "request_not_asked" if "asked" in states else "trial_not_unfinished", request=request_id)
            self._require_role(to_request(row), person)
            answered = to_request(update_record(connection, REQUESTS, request_id, **changes))
            if answered.state == "refused":
                drop_cells(connection, request_id)
            reason = Message.of("about_request", request=request_id)
            log_act(connection, at=self._clock(), who=by.strip(), what=what, subject=_subject(answered), reason=reason)
            return answered

    def _require_role(self, request: Request, person: Person | None) -> None:
        if refused := refusal(self._people, person, request):
            raise make_error(UsageError, refused)


def _subject(request: Request) -> Message:
    """Return what a request is about, as the activity log shows it."""
    if request.model:
        return Message.text(request.model)
    if (request.kind.startswith("undo_") and request.rows) or request.kind in ("label_pair", "merge_products"):
        return Message.text(f"{request.dataset}: {', '.join(request.rows)}")
    if request.kind == "restore_config" and request.rows:
        return Message.of("about_config", version=int(request.rows[0]))
    if request.kind in ("try_rule", "change_rule", "map_values"):
        return Message.of("about_suite", dataset=request.dataset, rule=request.rule or "")
    if request.rows:
        code, counted = ("about_repairs", "repairs") if request.kind == "undo" else ("about_rows", "rows")
        return Message.of(code, dataset=request.dataset, **{counted: len(request.rows)})
    return Message.of("about_rule", dataset=request.dataset, rule=request.rule) if request.rule else Message.text(request.dataset)
