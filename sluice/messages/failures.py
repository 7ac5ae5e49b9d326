"""Raise errors whose reason has a code."""

from __future__ import annotations

from typing import TypeVar

from sluice.domain import Message
from sluice.domain.message import Param
from sluice.errors import EXTRAS, ConfigError, InvalidValue, MissingExtra, Panicked, Problem, SluiceError
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
    if isinstance(error, ConfigError):
        return Message.of("config_problems", problems=tuple(_message_of(problem, error.path) for problem in error.problems))
    if isinstance(error, Panicked):
        return Message.of("library_panicked", problem=error.problem)
    reason = getattr(error, "reason", None)
    return reason if isinstance(reason, Message) else Message.text(str(error))


def make_problem(line: int, where: str, reason: Message) -> Problem:
    """Return a mistake in a configuration file, whose text is rendered from its reason.

    Args:
        line: Its line, from 1 on.
        where: The setting, such as `datasets.events.key`.
        reason: What is wrong.
    """
    return Problem(line, where, render(reason), reason)


def _message_of(problem: Problem, path: str) -> Message:
    reason = problem.reason if isinstance(problem.reason, Message) else Message.text(problem.message)
    return Message.of("config_problem", path=path, line=problem.line, where=problem.where, problem=reason)


def missing_extra(error: ModuleNotFoundError) -> MissingExtra | None:
    """Name the extra that installs a missing package; None where it belongs to none.

    Example:
        >>> print(missing_extra(ModuleNotFoundError("No module named 'apprise'", name="apprise")))
        apprise is not installed; `pip install 'sluice[alerts]'` installs it
    """
    package = (error.name or "").partition(".")[0]
    return make_error(MissingExtra, "package_missing", package=package, extra=EXTRAS[package]) if package in EXTRAS else None
