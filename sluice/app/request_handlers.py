"""Carry out one kind of request with each handler, so that repeating it has no second effect.

Where the effect is in the database alone, it is recorded with the answer in one transaction. Otherwise the handler finds by the id of the
request what a worker did that died before it answered.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from sluice import jobs
from sluice.app.app import App
from sluice.app.configurations import restore
from sluice.app.errors import pass_errors
from sluice.app.label_requests import choose_rows, import_labels, undo_label, write_label
from sluice.app.language_model.proposing import propose_by_request
from sluice.app.merges import merge_products, undo_merge_products
from sluice.app.product_requests import find_products, import_pairs, label_pair, undo_label_pair
from sluice.app.rule_suggestions import suggest_rules
from sluice.app.rule_trials import change_rule, try_rule, undo_change_rule
from sluice.app.steward_labels import rows_of_repairs, teach, teach_no_longer
from sluice.app.value_mappings import map_values, undo_map_values
from sluice.domain import Message, Override, Request, RequestKind
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.ports import Lease
from sluice.store.learned import models_that_read

_LOG = logging.getLogger(__name__)

Answer: TypeAlias = tuple[bool, Message]
"""Say whether a request was done, and answer the person."""


def _release(app: App, request: Request) -> Answer:
    released = jobs.release(request, app.store, app.worker, now=app.now())
    with pass_errors(_LOG.warning):  # what was released stays released
        list(app.replay(request.dataset))  # rows of other datasets may wait for those that were released
    return _teaching(app, request, released, request.rows)


def _correct(app: App, request: Request) -> Answer:
    corrected = jobs.correct(request, app.store.requests.cells(request.id), app.store, app.worker, now=app.now())
    with pass_errors(_LOG.warning):  # as after a release
        list(app.replay(request.dataset))
    return _teaching(app, request, corrected, request.rows)


def _reject(app: App, request: Request) -> Answer:
    return jobs.reject(request, app.store)


def _undo(app: App, request: Request) -> Answer:
    rows = rows_of_repairs(app, request)
    return _teaching(app, request, (True, jobs.undo(request, app.store, app.worker, now=app.now())), rows)


def _teaching(app: App, request: Request, answer: Answer, rows: Sequence[str]) -> Answer:
    """Return the answer to a decision with what its rows teach; where that cannot be written, the decision stands."""
    done, message = answer
    with pass_errors(_LOG.warning):
        return done, Message.join([message, *(teach(app, request, rows) if done else ())])
    return answer


def _undo_release(app: App, request: Request) -> Answer:
    runs = jobs.undo_release(request, app.store, app.worker, now=app.now())
    app.store.incidents.reopen_held(request.dataset)
    with pass_errors(_LOG.warning):  # what was undone stays undone
        teach_no_longer(app, request)
    undone = Message.of("release_undone", rows=sum(run.bad for run in runs))
    models = models_that_read(app.store, [run.id.removeprefix("undo-") for run in runs])
    return True, Message.join([undone, Message.of("release_learned", models=models)]) if models else undone


def _undo_reject(app: App, request: Request) -> Answer:
    with app.store.lease(request.dataset) as lease:  # outside of the transaction, so that other workers see it
        return _recorded_with_answer(app, request, partial(_hold_again, lease=lease))


def _hold_again(app: App, request: Request, lease: Lease) -> Message:
    rows = app.store.rejections.undo(lease, request)
    app.store.incidents.reopen_held(request.dataset)
    return Message.of("rejection_undone", rows=rows)


def _retrain(app: App, request: Request) -> Answer:
    result = app.retrain(by=request.by, request=request.id)
    return result.model is not None, result.reason


def _refit(app: App, request: Request) -> Answer:
    model = app.refit(request.model, by=request.by, reason=request.note, request=request.id)
    return True, Message.of("model_refitted", version=model.version)


def _rollback(app: App, request: Request) -> Message:
    model = app.rollback(request.model, by=request.by, reason=request.note)
    return Message.of("model_rolled_back", version=model.version)


def _undo_rollback(app: App, request: Request) -> Message:
    model = app.store.models.undo_rollback(request.model, by=request.by, reason=request.note, at=app.now())
    return Message.of("model_rolled_back", version=model.version)


def _override(app: App, request: Request) -> Message:
    now, until = app.now(), request.until
    if until is None or until <= now:
        raise make_error(UsageError, "override_expired")
    app.store.decisions.override_gate(Override(request.dataset, request.by, request.note, now, until))
    return Message.of("override_granted", until=until.isoformat())


def _undo_override(app: App, request: Request) -> Message:
    override = app.store.decisions.end_override(request.dataset, by=request.by, reason=request.note, at=app.now())
    return Message.of("override_ended", by=override.by)


def _restore_config(app: App, request: Request) -> Answer:
    number = int(request.rows[0])
    done = restore(app.path, app.store.configurations, number, by=request.by, note=request.note, approved_by=request.approved_by)
    return True, Message.of("config_restored", file=app.path.name, restored=number, version=done.number)


def _run(app: App, request: Request) -> Answer:
    arrivals = app.pending_arrivals([request.dataset])
    named = app.store.requests.name_rows(request, [arrival.id for arrival in arrivals])
    list(app.run(arrivals))
    return True, Message.of("batches_published", batches=sum(app.store.runs.state(name) == "published" for name in named))


def _recorded_with_answer(app: App, request: Request, effect: Callable[[App, Request], Message]) -> Answer:
    """Carry out a request whose effect is in the database alone, and answer it in the same transaction."""
    with app.store.answering(request):
        answer = effect(app, request)
        app.store.requests.finish(request, done=True, answer=answer)
    return True, answer


def _in_the_database(effect: Callable[[App, Request], Message]) -> Callable[[App, Request], Answer]:
    return partial(_recorded_with_answer, effect=effect)


HANDLERS: Mapping[RequestKind, Callable[[App, Request], Answer]] = {
    "release": _release,
    "reject": _reject,
    "correct": _correct,
    "undo": _undo,
    "undo_release": _undo_release,
    "undo_reject": _undo_reject,
    "undo_override": _in_the_database(_undo_override),
    "undo_rollback": _in_the_database(_undo_rollback),
    "retrain": _retrain,
    "rollback": _in_the_database(_rollback),
    "refit": _refit,
    "override": _in_the_database(_override),
    "run": _run,
    "suggest_rules": lambda app, request: (True, suggest_rules(app, request)),
    "try_rule": lambda app, request: (True, try_rule(app, request)),
    "change_rule": lambda app, request: (True, change_rule(app, request)),
    "map_values": lambda app, request: (True, map_values(app, request)),
    "undo_map_values": lambda app, request: (True, undo_map_values(app, request)),
    "choose_rows": lambda app, request: (True, choose_rows(app, request)),
    "label": lambda app, request: (True, write_label(app, request)),
    "undo_label": lambda app, request: (True, undo_label(app, request)),
    "import_labels": lambda app, request: (True, import_labels(app, request)),
    "find_products": lambda app, request: (True, find_products(app, request)),
    "label_pair": lambda app, request: (True, label_pair(app, request)),
    "undo_label_pair": lambda app, request: (True, undo_label_pair(app, request)),
    "import_pairs": lambda app, request: (True, import_pairs(app, request)),
    "merge_products": lambda app, request: (True, merge_products(app, request)),
    "undo_merge_products": lambda app, request: (True, undo_merge_products(app, request)),
    "propose": lambda app, request: (True, propose_by_request(app, request)),
    "restore_config": _restore_config,
    "undo_change_rule": lambda app, request: (True, undo_change_rule(app, request)),
}
"""Handlers by kind of request."""
