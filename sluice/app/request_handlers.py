"""How each request of a person is carried out, and what is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sluice import jobs
from sluice.domain import Arrival, Model, Override, Request, RequestKind, Run, counted
from sluice.errors import SluiceError, StoreError, UsageError
from sluice.store import SqlStore
from sluice.worker import tasks as worker


class Able(Protocol):
    """As much of the application as requests ask for."""

    @property
    def store(self) -> SqlStore:
        """Records and rows."""
        ...

    def now(self) -> datetime:
        """The time of every decision."""
        ...

    def far(self, function: Callable[..., Any], *first: object) -> Callable[..., Any]:
        """A function, to be called in the child process."""
        ...

    def waiting(self, datasets: Sequence[str] = ()) -> list[Arrival]:
        """What arrived and is not known yet."""
        ...

    def run(self, arrivals: Sequence[Arrival]) -> Iterator[Run]:
        """Publish arrivals."""
        ...

    def retrain(self, *, by: str) -> jobs.Retrained:
        """Train the recommender."""
        ...

    def rollback(self, name: str, *, by: str, why: str) -> Model:
        """Let the champion before this one serve again."""
        ...

    def refit(self, name: str, *, by: str, why: str) -> Model:
        """Fit a detector from its whole history."""
        ...


def carry_out(app: Able, request: Request) -> None:
    """Carry out one request, and record what became of it.

    Raises:
        StoreError: Database or lake do not answer, or another worker is at the dataset; the request stays pending.
        SluiceError: It cannot be carried out, and is refused with that reason.
    """
    try:
        CARRIED[request.kind](app, request)
    except StoreError:
        raise
    except SluiceError as error:
        app.store.requests.finish(request, done=False, answer=str(error))
        raise


def _release(app: Able, request: Request) -> None:
    jobs.release(request, app.store, app.far(worker.rejudged), now=app.now())


def _reject(app: Able, request: Request) -> None:
    jobs.reject(request, app.store)


def _undo(app: Able, request: Request) -> None:
    run = jobs.undo(request.dataset, request.rows, app.store, app.far(worker.undone), batch_id=f"undo-{request.id}", now=app.now())
    app.store.requests.finish(request, done=True, answer=f"{counted(run.rows, 'row')} restored" + (f"; {run.bad:,} of them are held now" if run.bad else ""))


def _retrain(app: Able, request: Request) -> None:
    result = app.retrain(by=request.by)
    app.store.requests.finish(request, done=result.model is not None, answer=result.why)


def _rollback(app: Able, request: Request) -> None:
    model = app.rollback(request.model, by=request.by, why=request.note)
    app.store.requests.finish(request, done=True, answer=f"version {model.version} serves again")


def _refit(app: Able, request: Request) -> None:
    model = app.refit(request.model, by=request.by, why=request.note)
    app.store.requests.finish(request, done=True, answer=f"version {model.version} was fitted, and serves")


def _override(app: Able, request: Request) -> None:
    now, until = app.now(), request.until
    if until is None or until <= now:
        raise UsageError("the override has ended before it could begin; ask again, for longer")
    app.store.decisions.override_gate(Override(request.dataset, request.by, request.note, now, until))
    app.store.requests.finish(request, done=True, answer=f"the gate counts as open until {until:%Y-%m-%d %H:%M} UTC")


def _run(app: Able, request: Request) -> None:
    runs = list(app.run(app.waiting([request.dataset])))
    app.store.requests.finish(request, done=True, answer=f"{counted(len(runs), 'batch')} published")


CARRIED: Mapping[RequestKind, Callable[[Able, Request], None]] = {
    "release": _release,
    "reject": _reject,
    "undo": _undo,
    "retrain": _retrain,
    "rollback": _rollback,
    "refit": _refit,
    "override": _override,
    "run": _run,
}
"""How each kind is carried out."""
