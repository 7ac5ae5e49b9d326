"""Decide what a detector learns next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sluice.domain import Message, Model
from sluice.rules.spans import age

LearningStep: TypeAlias = Literal["fit", "partial_fit", "wait"]


def due(trained_on: int | None, rows: int, *, min_rows: int, growth: float = 3.0) -> bool:
    """Return True where a model is to be fitted anew: with enough history, and where it grew by the given share since the last fit.

    Example:
        >>> due(None, 1_000, min_rows=500), due(1_000, 3_999, min_rows=500), due(1_000, 4_000, min_rows=500)
        (True, False, True)
    """
    if rows < min_rows:
        return False
    return trained_on is None or rows >= trained_on * (1 + growth)


def version_of(request: str, versions: Sequence[Model]) -> Model | None:
    """Return the version that was trained for a request and evaluated; None where there is none.

    Args:
        request: Id of the request; empty where nobody filed one.
        versions: Versions of the model, the newest first. Their cards give `request` and `reason` (why the version serves, or does not).
    """
    trained = [model for model in versions if request and model.card.get("request") == request and model.state != "evaluating"]
    return next((model for model in reversed(trained) if not _is_interrupted(model)), None)


def _is_interrupted(model: Model) -> bool:
    reason = model.card.get("reason")
    return isinstance(reason, Mapping) and reason.get("code") == "evaluation_interrupted"


def next_step(
    versions: Sequence[Model], rows: int, *, min_rows: int, incremental: bool, every: timedelta | None, now: datetime, min_updates: int = 3
) -> tuple[LearningStep, Message]:
    """Return what a detector learns next, and why.

    After a roll-back no partial fit follows by itself, which would soon bring back what a steward rejected: the detector waits until a full fit
    is due, or requested.

    Args:
        versions: Its versions, the newest first. Their cards give `rows` and `fitted` (of the last full fit), `updates` since, `refit` (why
            the detector itself asks for a fit) and `wants` (how many rows the configured detector waits for, where a fallback serves).
        rows: Number of accepted rows.
        min_rows: Fewest rows to learn from.
        incremental: Whether the detector has a partial fit.
        every: Age at which a full fit is repeated; None: never for its age.
        now: Time of the decision.
        min_updates: Number of partial fits after which the detector may ask for a fit again.

    Example:
        >>> from datetime import UTC, datetime
        >>> step, reason = next_step([], 600, min_rows=500, incremental=True, every=None, now=datetime(2026, 3, 1, tzinfo=UTC))
        >>> step, reason.code
        ('fit', 'fit_enough_history')
    """
    champion = next((model for model in versions if model.state == "champion"), None)
    if champion is None:
        return ("fit", Message.of("fit_enough_history")) if rows >= min_rows else ("wait", Message.of("fit_too_little_history"))
    if reason := _fit_reason(champion.card, rows, min_rows, every, now):
        return "fit", reason
    if rows < min_rows:
        return "wait", Message.of("fit_too_little_history")
    if versions[0].state == "rolled_back":
        return "wait", Message.of("fit_newest_rolled_back")
    if champion.card.get("refit") and _number(champion.card, "updates") >= min_updates:
        return "fit", Message.from_json(champion.card["refit"])
    return ("partial_fit", Message.of("fit_batch_accepted")) if incremental else ("wait", Message.of("fit_not_due"))


def _fit_reason(card: Mapping[str, object], rows: int, min_rows: int, every: timedelta | None, now: datetime) -> Message | None:
    """Return why a full fit is due; None where it is not."""
    if 0 < _number(card, "wants") <= rows:
        return Message.of("fit_better_detector_ready")
    if due(_number(card, "rows"), rows, min_rows=min_rows):
        return Message.of("fit_history_grown")
    fitted = datetime.fromisoformat(str(card["fitted"])) if "fitted" in card else now
    return Message.of("fit_too_old", age=age(now - fitted)) if every is not None and now - fitted >= every and rows >= min_rows else None


def _number(card: Mapping[str, object], name: str) -> int:
    return int(str(card.get(name, 0)))
