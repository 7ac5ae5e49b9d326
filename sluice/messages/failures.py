"""Raise errors whose reason has a code."""

from __future__ import annotations

from typing import TypeVar

from sluice.domain import Message
from sluice.domain.message import Param
from sluice.errors import InvalidValue, SluiceError
from sluice.messages.render import render

E = TypeVar("E", bound=SluiceError | InvalidValue)


def make_error(kind: type[E], reason: str | Message, /, **params: Param) -> E:
    """Return an error whose text is rendered from a code with its parameters, and which keeps both.

    Args:
        kind: The class of the error.
        reason: The code of its message; or the message itself, where a decision returned one.
        params: Parameters of the message, where a code is given.

    Example:
        >>> from sluice.errors import SourceError
        >>> error = make_error(SourceError, "file_empty", file="events.csv")
        >>> str(error), error_message(error).code
        ('events.csv: is empty; send it again, with a header even where there are no rows', 'file_empty')
    """
    message = reason if isinstance(reason, Message) else Message.of(reason, **params)
    error = kind(render(message))
    error.reason = message
    return error


def error_message(error: BaseException) -> Message:
    """Return the reason of an error; its text where it has no code."""
    reason = getattr(error, "reason", None)
    return reason if isinstance(reason, Message) else Message.text(str(error))
