"""Carry out what people request: one handler for each kind of request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from sluice import jobs
from sluice.app.app import App
from sluice.app.errors import pass_errors
from sluice.app.previews import question_of
from sluice.app.rule_suggestions import suggest_rules
from sluice.app.rule_trials import change_rule, try_rule, undo_change_rule
from sluice.domain import Message, Override, Request, RequestKind
from sluice.errors import LeaseHeld, SluiceError, StoreError, UsageError
from sluice.messages import error_message, make_error
from sluice.rules.people import refusal
from sluice.store.learned import models_that_read

_LOG = logging.getLogger(__name__)


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
    """Carry out one request; return it finished, with its answer, or asked, where a person has to confirm it first.

    Raises:
        StoreError: Database or lake do not answer, or another worker carries it out or holds the lease of the dataset; it can be tried again.
        SluiceError: It cannot be carried out, and is refused with that reason.
    """
    with app.store.take(request) as taken:
        try:
            _require_role(app, taken)
            if question := question_of(app, taken):
                app.store.requests.ask(taken, question)
                return replace(taken, state="asked", answer=question)
            done, answer = HANDLERS[taken.kind](app, taken)
        except StoreError:
            raise
        except SluiceError as error:
            app.store.requests.finish(taken, done=False, answer=error_message(error))
            raise
        except OSError as error:  # a folder that cannot be written: left pending, the request would come first again each time, and keep the others waiting
            failed = make_error(UsageError, "request_failed", error=str(error))
            app.store.requests.finish(taken, done=False, answer=error_message(failed))
            raise failed from error
        app.store.requests.finish(taken, done=done, answer=answer)
        return replace(taken, state="done" if done else "refused", answer=answer)


def _require_role(app: App, request: Request) -> None:
    """Pass only where the person has the role that the request needs, by the configuration of this moment."""
    learns_from = app.config.recommender.events if app.config.recommender else ""
    if refused := refusal(app.config.roles, request.person, request, learns_from):
        raise make_error(UsageError, refused.code, **refused.params)


Answer = tuple[bool, Message]  # whether it was done, and the answer to the person


def _release(app: App, request: Request) -> Answer:
    released = jobs.release(request, app.store, app.worker, now=app.now())
    with pass_errors(_LOG.warning):  # what was released stays released
        list(app.replay(request.dataset))  # rows of other datasets may wait for those that were released
    return released


def _correct(app: App, request: Request) -> Answer:
    corrected = jobs.correct(request, app.store.requests.cells(request.id), app.store, app.worker, now=app.now())
    with pass_errors(_LOG.warning):  # as after a release
        list(app.replay(request.dataset))
    return corrected


def _reject(app: App, request: Request) -> Answer:
    return jobs.reject(request, app.store)


def _undo(app: App, request: Request) -> Answer:
    run = jobs.undo(request.dataset, request.rows, app.store, app.worker, batch_id=f"undo-{request.id}", now=app.now())
    return True, Message.of("repairs_undone_held", rows=run.rows, held=run.bad) if run.bad else Message.of("repairs_undone", rows=run.rows)


def _undo_release(app: App, request: Request) -> Answer:
    runs = jobs.undo_release(request, app.store, app.worker, now=app.now())
    app.store.incidents.reopen_held(request.dataset)
    undone = Message.of("release_undone", rows=sum(run.bad for run in runs))
    models = models_that_read(app.store, [run.id.removeprefix("undo-") for run in runs])
    return True, Message.join([undone, Message.of("release_learned", models=models)]) if models else undone


def _retrain(app: App, request: Request) -> Answer:
    result = app.retrain(by=request.by)
    return result.model is not None, result.reason


def _rollback(app: App, request: Request) -> Answer:
    model = app.rollback(request.model, by=request.by, reason=request.note)
    return True, Message.of("model_rolled_back", version=model.version)


def _refit(app: App, request: Request) -> Answer:
    model = app.refit(request.model, by=request.by, reason=request.note)
    return True, Message.of("model_refitted", version=model.version)


def _undo_reject(app: App, request: Request) -> Answer:
    answer = jobs.undo_reject(request, app.store)
    app.store.incidents.reopen_held(request.dataset)
    return True, answer


def _undo_override(app: App, request: Request) -> Answer:
    override = app.store.decisions.end_override(request.dataset, by=request.by, reason=request.note, at=app.now())
    return True, Message.of("override_ended", by=override.by)


def _undo_rollback(app: App, request: Request) -> Answer:
    model = app.store.models.undo_rollback(request.model, by=request.by, reason=request.note, at=app.now())
    return True, Message.of("model_rolled_back", version=model.version)


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
    "correct": _correct,
    "undo": _undo,
    "undo_release": _undo_release,
    "undo_reject": _undo_reject,
    "undo_override": _undo_override,
    "undo_rollback": _undo_rollback,
    "retrain": _retrain,
    "rollback": _rollback,
    "refit": _refit,
    "override": _override,
    "run": _run,
    "suggest_rules": lambda app, request: (True, suggest_rules(app, request)),
    "try_rule": lambda app, request: (True, try_rule(app, request)),
    "change_rule": lambda app, request: (True, change_rule(app, request)),
    "undo_change_rule": lambda app, request: (True, undo_change_rule(app, request)),
}
"""Handlers by kind of request."""
