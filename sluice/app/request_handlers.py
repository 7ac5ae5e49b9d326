"""Carry out what people request: one handler for each kind of request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sluice import jobs
from sluice.app.app import App
from sluice.domain import Message, Override, Request, RequestKind
from sluice.errors import LeaseHeld, SluiceError, StoreError, UsageError
from sluice.messages import error_message, make_error


def process_requests(app: App) -> int:
    """Carry out the pending requests and return their number.

    Raises:
        StoreError: Database or lake do not answer; what is left stays pending.
    """
    pending = app.store.requests.unfinished()
    for request in pending:
        try:
            carry_out(app, request)
        except LeaseHeld:
            continue  # another worker carries it out, or holds the lease of its dataset
        except StoreError:
            raise
        except SluiceError:
            continue  # its answer says why
    return len(pending)


def carry_out(app: App, request: Request) -> Request:
    """Carry out one request; return it finished, with its answer.

    Raises:
        StoreError: Database or lake do not answer, or another worker carries it out or holds the lease of the dataset; it can be tried again.
        SluiceError: It cannot be carried out, and is refused with that reason.
    """
    with app.store.take(request) as taken:
        try:
            done, answer = HANDLERS[taken.kind](app, taken)
        except StoreError:
            raise
        except SluiceError as error:
            app.store.requests.finish(taken, done=False, answer=error_message(error))
            raise
        app.store.requests.finish(taken, done=done, answer=answer)
        return replace(taken, state="done" if done else "refused", answer=answer)


Answer = tuple[bool, Message]  # whether it was done, and the answer to the person


def _release(app: App, request: Request) -> Answer:
    return jobs.release(request, app.store, app.worker, now=app.now())


def _reject(app: App, request: Request) -> Answer:
    return jobs.reject(request, app.store)


def _undo(app: App, request: Request) -> Answer:
    run = jobs.undo(request.dataset, request.rows, app.store, app.worker, batch_id=f"undo-{request.id}", now=app.now())
    return True, Message.of("repairs_undone_held", rows=run.rows, held=run.bad) if run.bad else Message.of("repairs_undone", rows=run.rows)


def _retrain(app: App, request: Request) -> Answer:
    result = app.retrain(by=request.by)
    return result.model is not None, result.reason


def _rollback(app: App, request: Request) -> Answer:
    model = app.rollback(request.model, by=request.by, reason=request.note)
    return True, Message.of("model_rolled_back", version=model.version)


def _refit(app: App, request: Request) -> Answer:
    model = app.refit(request.model, by=request.by, reason=request.note)
    return True, Message.of("model_refitted", version=model.version)


def _override(app: App, request: Request) -> Answer:
    now, until = app.now(), request.until
    if until is None or until <= now:
        raise make_error(UsageError, "override_expired")
    app.store.decisions.override_gate(Override(request.dataset, request.by, request.note, now, until))
    return True, Message.of("override_granted", until=until.isoformat())


def _run(app: App, request: Request) -> Answer:
    runs = list(app.run(app.pending_arrivals([request.dataset])))
    return True, Message.of("batches_published", batches=len(runs))


HANDLERS: Mapping[RequestKind, Callable[[App, Request], Answer]] = {
    "release": _release,
    "reject": _reject,
    "undo": _undo,
    "retrain": _retrain,
    "rollback": _rollback,
    "refit": _refit,
    "override": _override,
    "run": _run,
}
"""Handlers by kind of request."""
