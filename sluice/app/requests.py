"""Take what people request, carry it out and answer it: each request once, whenever a worker dies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sluice.app.app import App
from sluice.app.configurations import adopt
from sluice.app.previews import CHANGES_CONFIGURATION, question_of
from sluice.app.request_handlers import HANDLERS
from sluice.domain import Request, RequestKind
from sluice.errors import Interrupted, LeaseHeld, SluiceError, StoreError, UsageError
from sluice.messages import error_message, make_error
from sluice.messages.paths import without_folder
from sluice.rules.people import refusal

PUBLISH_NOTHING: frozenset[RequestKind] = frozenset({"try_rule", "suggest_rules"})
"""Kinds of requests that may be carried out beside all else: they judge what is published, and change none of it."""

LABELLING: frozenset[RequestKind] = frozenset(
    {"choose_rows", "label", "undo_label", "import_labels", "find_products", "label_pair", "undo_label_pair", "import_pairs", "propose"}
)
"""Kinds of requests that read what is published, and change the files of labels alone; no trial keeps them waiting."""


def process_requests(app: App, kinds: Collection[RequestKind] = HANDLERS.keys()) -> int:
    """Carry out the pending requests and return their number.

    Args:
        app: The application.
        kinds: Kinds of requests that are carried out; the others are left.

    Raises:
        StoreError: Database or lake do not answer; what is left stays pending.
        Interrupted: The program ends; what is left stays pending.
    """
    pending = pending_requests(app, kinds)
    for request in pending:
        try:
            carry_out(app, request)
        except LeaseHeld:
            continue  # another worker carries it out, or holds the lease of its dataset
        except (StoreError, Interrupted):
            raise
        except SluiceError:
            continue  # its answer says why
    return len(pending)


def pending_requests(app: App, kinds: Collection[RequestKind]) -> Sequence[Request]:
    """Return the requests of some kinds that are not answered, the oldest first."""
    return [request for request in app.store.requests.unfinished() if request.kind in kinds]


def carry_out(app: App, request: Request) -> Request:
    """Carry out one request; return it finished, with its answer, or asked, where a person has to confirm it first.

    Raises:
        StoreError: Database or lake do not answer, or another worker carries it out or holds the lease of the dataset; it can be tried again.
        Interrupted: The program ends; it can be tried again.
        SluiceError: It cannot be carried out, and is refused with that reason.
    """
    with app.store.take(request) as taken:
        try:
            _require_role(app, taken)
            if taken.kind not in CHANGES_CONFIGURATION:  # which look for themselves what they find written
                adopt(app.path, app.store.configurations)
            if question := question_of(app, taken):
                app.store.requests.ask(taken, question)
                return replace(taken, state="asked", answer=question)
            done, answer = HANDLERS[taken.kind](app, taken)
        except (StoreError, Interrupted):
            raise
        except SluiceError as error:
            app.store.requests.finish(taken, done=False, answer=without_folder(error_message(error), app.path.parent))
            raise
        except OSError as error:  # a folder that cannot be written: left pending, the request would come first again each time, and keep the others waiting
            failed = make_error(UsageError, "request_failed", error=str(error))
            app.store.requests.finish(taken, done=False, answer=without_folder(error_message(failed), app.path.parent))
            raise failed from error
        app.store.requests.finish(taken, done=done, answer=answer)
        return replace(taken, state="done" if done else "refused", answer=answer)


def _require_role(app: App, request: Request) -> None:
    """Pass only where the person has the role that the request needs, by the configuration of this moment."""
    if refused := refusal(app.config.roles, request.person, request, app.config.learns_from):
        raise make_error(UsageError, refused)
