"""Ask questions: former answers first, within the budget of the day, again after a failure; every call is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from sluice.domain import AnswerRecord, AnswerState, Completion, Message, Question
from sluice.ports.language_model import AnswerBook, ChatModel, ModelAway
from sluice.rules.language_model.answers import Form, read_answer
from sluice.rules.language_model.budgets import pause_before, start_of_day, why_not
from sluice.rules.language_model.questions import digest_of_question, tokens_of, tokens_of_question

F = TypeVar("F", bound=Form)


class NotAnswered(Exception):
    """Report that a question is not answered, and why; other work goes on without.

    Attributes:
        reason: Why.
        ends: Whether further questions would not be answered either.
    """

    def __init__(self, reason: Message, *, ends: bool) -> None:
        """Store the reason."""
        super().__init__(reason.code)
        self.reason, self.ends = reason, ends


@dataclass(frozen=True, slots=True)
class Answered(Generic[F]):
    """Hold an answer in its form.

    Attributes:
        form: The answer.
        model: Name of the model.
        version: Version of the instructions.
        cached: Whether it had been answered before.
    """

    form: F
    model: str
    version: int
    cached: bool


@dataclass
class Asking:
    """Ask one model.

    Attributes:
        model: Answers one question by one call.
        book: Records every call.
        now: Time of each call.
        wait: Waits for some seconds.
        calls: Calls a day.
        tokens: Tokens a day.
        attempts: Calls for one question.
    """

    model: ChatModel
    book: AnswerBook
    now: Callable[[], datetime]
    wait: Callable[[float], object]
    calls: int
    tokens: int
    attempts: int = 3
    _away: Message | None = field(default=None, init=False)

    def ask(self, question: Question, form: type[F]) -> Answered[F]:
        """Answer a question in a form.

        Args:
            question: The question.
            form: The form of the answer, whose schema the question holds.

        Raises:
            NotAnswered: The server is away, the budget is spent, or no answer fits its form.
        """
        digest = digest_of_question(question, self.model.name)
        former = self.book.find(digest)
        if former is not None and (read := read_answer(former.answer, form)) is not None:
            return Answered(read, former.model, former.version, cached=True)
        for attempt in range(1, self.attempts + 1):
            if (read := self._attempt(question, digest, form, attempt)) is not None:
                return Answered(read, self.model.name, question.version, cached=False)
        raise NotAnswered(Message.of("language_model_malformed", attempts=self.attempts), ends=False)

    def has_answered(self, question: Question) -> bool:
        """Return whether a question was answered before."""
        return self.book.find(digest_of_question(question, self.model.name)) is not None

    def _attempt(self, question: Question, digest: str, form: type[F], attempt: int) -> F | None:
        """Return the answer of one call; None where it does not fit, or where another call may succeed."""
        if self._away is not None:
            raise NotAnswered(self._away, ends=True)
        self._require_budget(question)
        try:
            completion = self.model.complete(question)
        except ModelAway as away:
            self._record(question, digest, "failed", None)
            if not away.again or attempt == self.attempts:
                self._away = away.reason
                raise NotAnswered(away.reason, ends=True) from None
            self.wait(pause_before(attempt, away.after))
            return None
        read = read_answer(completion.text, form)
        self._record(question, digest, "malformed" if read is None else "answered", completion)
        return read

    def _require_budget(self, question: Question) -> None:
        used = self.book.used_since(start_of_day(self.now()))
        if reason := why_not(used, self.calls, self.tokens, tokens_of_question(question)):
            raise NotAnswered(reason, ends=True)

    def _record(self, question: Question, digest: str, state: AnswerState, completion: Completion | None) -> None:
        question_tokens, answer_tokens, text = 0, 0, ""
        if completion is not None:
            text = completion.text
            estimated = tokens_of_question(question)
            question_tokens = estimated if completion.question_tokens is None else completion.question_tokens
            answer_tokens = tokens_of(text) if completion.answer_tokens is None else completion.answer_tokens
        self.book.record(AnswerRecord(self.now(), question.task, question.version, self.model.name, digest, state, question_tokens, answer_tokens, text))
