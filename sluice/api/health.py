"""Answer whether the service can do its work: the database answers, and a worker is alive."""

from __future__ import annotations

from datetime import timedelta

from sluice.api.answers import Answer
from sluice.api.errors import ApiError
from sluice.app import App
from sluice.wiring import clock

MAX_SILENCE = timedelta(minutes=1)  # of all workers; each beats every five seconds


class HealthAnswer(Answer):
    """Say that everything works."""

    status: str


def require_health(app: App, *, needs_worker: bool) -> None:
    """Pass only where everything works.

    Args:
        app: The application.
        needs_worker: Whether a worker has to be alive.

    Raises:
        ApiError: No worker is.
        StoreError: The database does not answer.
    """
    last = app.store.activity.last_heartbeat()
    if needs_worker and (last is None or clock.wall() - last > MAX_SILENCE):
        raise ApiError(503, "no_worker", "no worker is alive; start one with `sluice serve`")
