"""Send the lineage events that wait: in the order of the runs, each at least once; a receiver that is away loses none and stops no run."""

from __future__ import annotations

import logging
import os

from sluice.app.app import App
from sluice.app.lineage.events import events_of
from sluice.app.lineage.facts import facts_of
from sluice.app.lineage.receiver import Receiver, ReceiverAway
from sluice.config.lineage import Lineage
from sluice.errors import LeaseHeld, NotDelivered, UsageError
from sluice.messages import make_error

AT_ONCE = 100  # runs
_LOG = logging.getLogger(__name__)


def deliver_lineage(app: App) -> int:
    """Send what waits, and return of how many runs; where another worker sends, 0.

    Raises:
        NotDelivered: The receiver is away; what waits is sent the next time.
        UsageError: The environment variable with the token is not set.
    """
    settings = app.config.lineage
    if settings is None:
        return 0
    app.store.lineage.begin()
    if not app.store.lineage.waiting(1):
        return 0
    try:
        with app.store.lease("lineage"):
            return _send(app, settings, _receiver(settings))
    except LeaseHeld:
        return 0


def _receiver(settings: Lineage) -> Receiver:
    token = os.environ.get(settings.token, "") if settings.token else ""
    if settings.token and not token:
        raise make_error(UsageError, "lineage_no_token", variable=settings.token)
    return Receiver(f"{settings.url}/{settings.endpoint.lstrip('/')}", token)


def _send(app: App, settings: Lineage, receiver: Receiver) -> int:
    waiting = app.store.lineage.waiting(AT_ONCE)
    for number, run in waiting:
        for event in events_of(facts_of(app, run, settings.namespace or app.config.shop)):
            try:
                if not receiver.send(event):
                    _LOG.warning("the receiver of lineage refuses the event %s of run %s", event["eventType"], run.id)
            except ReceiverAway as error:
                raise make_error(NotDelivered, "lineage_undelivered", address=settings.url, reason=str(error), runs=app.store.lineage.count()) from None
        app.store.lineage.finish(number)
    return len(waiting)
