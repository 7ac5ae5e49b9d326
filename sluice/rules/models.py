"""Which model serves, and what a learner does next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sluice.domain import Model
from sluice.rules.spans import age


def due(trained_on: int | None, rows: int, *, needed: int, growth: float = 3.0) -> bool:
    """Should a learner be fitted anew: when there is enough history, and it grew by the given share since the last fit."""
    if rows < needed:
        return False
    return trained_on is None or rows >= trained_on * (1 + growth)


Step: TypeAlias = Literal["fit", "update", "wait"]


def learning(kept: Sequence[Model], rows: int, *, needed: int, updates: bool, every: timedelta | None, now: datetime, settled: int = 3) -> tuple[Step, str]:
    """What a learner does next, and why.

    After a roll-back it does not learn on by itself, which would soon bring back what a steward did not want: it waits until a whole fit
    is due, or asked for.

    Args:
        kept: Its versions, the newest first. Of their cards count `rows` and `fitted` (of the last whole fit), `updates` since, `refit` (why
            the learner itself asks for a fit) and `wants` (how many rows a better detector waits for, whose place it takes).
        rows: How many accepted rows there are.
        needed: The fewest to learn from.
        updates: Whether it can learn on from a batch.
        every: How old a whole fit may grow; None: any age.
        now: The time asked at.
        settled: After so many updates a fit may be asked for again.
    """
    serving = next((model for model in kept if model.state == "champion"), None)
    if serving is None:
        return ("fit", "there is enough history") if rows >= needed else ("wait", "too little history")
    if why := _due(serving.card, rows, needed, every, now):
        return "fit", why
    if rows < needed:
        return "wait", "too little history"
    if kept[0].state == "rolled_back":
        return "wait", "its newest version was rolled back"
    if serving.card.get("refit") and _number(serving.card, "updates") >= settled:
        return "fit", str(serving.card["refit"])
    return ("update", "a batch was accepted") if updates else ("wait", "nothing is due")


def _due(card: Mapping[str, object], rows: int, needed: int, every: timedelta | None, now: datetime) -> str:
    """Why a whole fit is due; empty where none is."""
    if 0 < _number(card, "wants") <= rows:
        return "there is enough history for the detector that was wanted"
    if due(_number(card, "rows"), rows, needed=needed):
        return "history has grown since the last fit"
    fitted = datetime.fromisoformat(str(card["fitted"])) if "fitted" in card else now
    return f"the last fit is {age(now - fitted)} old" if every is not None and now - fitted >= every and rows >= needed else ""


def _number(card: Mapping[str, object], name: str) -> int:
    return int(str(card.get(name, 0)))
