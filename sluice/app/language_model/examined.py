"""Examine the configured language model: whether it answers, offers the model, and how much of the day is used."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sluice.config import Config
from sluice.domain import Message
from sluice.ports.language_model import AnswerBook, ModelAway
from sluice.rules.language_model.budgets import start_of_day
from sluice.wiring.language_model import chat_server_of


class Examined(NamedTuple):
    """Say whether somebody should look at it, and what was found."""

    doubtful: bool
    message: Message


def examine_model(config: Config, book: AnswerBook, now: datetime) -> Examined:
    """Ask the server for its models, which costs nothing; an installation works without it.

    Args:
        config: The configuration.
        book: Counts what was used today.
        now: The time.

    Raises:
        UsageError: The key of the model is not in the environment.
    """
    settings = config.language_model
    if settings is None:
        return Examined(doubtful=False, message=Message.of("doctor_no_language_model"))
    try:
        offered = chat_server_of(config).models()
    except ModelAway as away:
        return Examined(doubtful=True, message=away.reason)
    if offered and settings.model not in offered:
        lacks = Message.of("doctor_language_model_lacks", address=settings.url, model=settings.model, offered=len(offered))
        return Examined(doubtful=True, message=lacks)
    used = book.used_since(start_of_day(now))
    counts = {"calls": used.calls, "most_calls": settings.calls, "tokens": used.tokens, "most_tokens": settings.tokens}
    return Examined(doubtful=False, message=Message.of("doctor_language_model", model=settings.model, address=settings.url, **counts))
