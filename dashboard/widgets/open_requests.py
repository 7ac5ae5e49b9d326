"""Know which requests about rows are open, so that no page offers a decision a second time."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sluice.domain import Request

UNFINISHED = ("pending", "taken", "asked")
DECISIONS = ("release", "correct", "reject")


def is_decided(requests: Iterable[Request], dataset: str, rows: Collection[str], rule: str | None = None) -> bool:
    """Return True where an open request decides on the rows of a rule, or on any of some rows.

    Args:
        requests: Requests of any state.
        dataset: The dataset of the rows.
        rows: Ids of the rows; none where all of a rule are meant.
        rule: The rule.

    Example:
        >>> from datetime import UTC, datetime
        >>> release = Request("q1", "release", "events", "Ann", "", datetime(2026, 3, 1, tzinfo=UTC), ("b1.0",), state="taken")
        >>> is_decided([release], "events", ["b1.0", "b1.7"]), is_decided([release], "events", ["b1.7"])
        (True, False)
    """
    named = set(rows)
    opened = (request for request in requests if request.dataset == dataset and request.kind in DECISIONS and request.state in UNFINISHED)
    return any(not named.isdisjoint(request.rows) or (rule is not None and request.rule == rule) for request in opened)
