"""Name what an erasure cannot search, so that it is not taken for proven that nothing is there."""

from __future__ import annotations

from collections.abc import Sequence

from sluice.app.app import App
from sluice.app.drafts import drafts
from sluice.domain import counted
from sluice.domain.value_places import EXPOSURES, LAKE_DRAFTS, PLACES, POSTED_DRAFTS, STATE_DRAFTS
from sluice.store.values import Occurrence, ValueQuery
from sluice.wiring.forget_key import FORMER_VARIABLE

_UNDER_KEY = "exposures.user under the key "
_EXPOSURES = next(place for place in PLACES if place.name == EXPOSURES)


def unsearched_places(app: App, query: ValueQuery, occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """Return the drafts that a program may be writing, and the rows of the log of exposures that name users under keys which are not at hand.

    Args:
        app: The application.
        query: What was searched.
        occurrences: Where it was found.
    """
    listed = {entry.where for entry in occurrences}
    unread = [Occurrence(place, path.name, 1) for place, path in drafts(app) if path.name not in listed]
    held = {key.label for key in query.keys.keys} if query.keys else set()
    others = {label: rows for label, rows in app.store.exposures.keys().items() if label not in held}
    return [*unread, *(Occurrence(_EXPOSURES, f"{_UNDER_KEY}{label}", rows) for label, rows in sorted(others.items()))]


def step_of_unsearched(entry: Occurrence) -> str:
    """Say what to do about a place that could not be searched; nothing of another one."""
    if entry.place.name in (POSTED_DRAFTS, STATE_DRAFTS, LAKE_DRAFTS):
        return f"{entry.where} is younger than an hour: a program may be writing it; run the command again in an hour"
    if entry.where.startswith(_UNDER_KEY):
        rows = counted(entry.count, "row")
        return f"{rows} of the log of exposures may name them under a key that is not at hand: set it in {FORMER_VARIABLE}, and run the command again"
    return ""
