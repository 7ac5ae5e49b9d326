"""How each request of a person is carried out, and what is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sluice import jobs
from sluice.domain import Arrival, Message, Model, Override, Request, RequestKind, Run
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
        app.store.requests.finish(request, done=False, answer=Message.text(str(error)))
        raise


def _release(app: Able, request: Request) -> None:
    done, answer = jobs.release(request, app.store, app.far(worker.rejudged), now=app.now())
    app.store.requests.finish(request, done=done, answer=answer)


def _reject(app: Able, request: Request) -> None:
    done, answer = jobs.reject(request, app.store)
    app.store.requests.finish(request, done=done, answer=answer)


def _undo(app: Able, request: Request) -> None:
    run = jobs.undo(request.dataset, request.rows, app.store, app.far(worker.undone), batch_id=f"undo-{request.id}", now=app.now())
    answer = Message.of("repairs_undone_held", rows=run.rows, held=run.bad) if run.bad else Message.of("repairs_undone", rows=run.rows)
    app.store.requests.finish(request, done=True, answer=answer)


def _retrain(app: Able, request: Request) -> None:
    result = app.retrain(by=request.by)
    app.store.requests.finish(request, done=result.model is not None, answer=result.reason)


def _rollback(app: Able, request: Request) -> None:
    model = app.rollback(request.model, by=request.by, why=request.note)
    app.store.requests.finish(request, done=True, answer=Message.of("model_rolled_back", version=model.version))


def _refit(app: Able, request: Request) -> None:
    model = app.refit(request.model, by=request.by, why=request.note)
    app.store.requests.finish(request, done=True, answer=Message.of("model_refitted", version=model.version))


def _override(app: Able, request: Request) -> None:
    now, until = app.now(), request.until
    if until is None or until <= now:
        raise UsageError("the override has ended before it could begin; ask again, for longer")
    app.store.decisions.override_gate(Override(request.dataset, request.by, request.note, now, until))
    app.store.requests.finish(request, done=True, answer=Message.of("override_granted", until=until.isoformat()))


def _run(app: Able, request: Request) -> None:
    runs = list(app.run(app.waiting([request.dataset])))
    app.store.requests.finish(request, done=True, answer=Message.of("batches_published", batches=len(runs)))


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
