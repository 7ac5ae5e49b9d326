"""Define what Sluice needs of a language model, and of what records its answers."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sluice.domain import AnswerRecord, Completion, Message, Question, Usage


class ModelAway(Exception):
    """Report that a language model does not answer now.

    Attributes:
        reason: Why.
        again: Whether the same call may succeed later.
        after: Seconds after which the server wants to be called again; None where it does not say.
    """

    def __init__(self, reason: Message, *, again: bool, after: float | None = None) -> None:
        """Store the reason."""
        super().__init__(reason.code)
        self.reason, self.again, self.after = reason, again, after


class ChatModel(Protocol):
    """Answer one question by one call."""

    @property
    def name(self) -> str:
        """Return the name of the model."""
        ...

    def complete(self, question: Question) -> Completion:
        """Answer a question.

        Raises:
            ModelAway: It does not answer.
        """
        ...


class AnswerBook(Protocol):
    """Record every call, and find former answers."""

    def record(self, answer: AnswerRecord) -> None:
        """Record a call."""
        ...

    def find(self, question: str) -> AnswerRecord | None:
        """Return the newest answer to a question of this digest that fitted; None where there is none."""
        ...

    def used_since(self, moment: datetime) -> Usage:
        """Count the calls from a moment on."""
        ...
