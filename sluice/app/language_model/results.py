"""Hold what came of questions to a language model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sluice.domain import Message, ModelProposal, Question
from sluice.language_model import Answered, Asking, NotAnswered
from sluice.rules.language_model.answers import Form

F = TypeVar("F", bound=Form)


@dataclass(frozen=True, slots=True)
class Result:
    """Hold proposals, and what was asked for them.

    Attributes:
        proposals: What was proposed, and checked.
        count: Questions that were answered.
        ended: Why no more was asked; None where all was.
    """

    proposals: Sequence[ModelProposal] = ()
    count: int = 0
    ended: Message | None = None


class Answers:
    """Ask several questions, until one ends it; a question without a fitting answer is left out.

    Attributes:
        count: Questions that were answered.
        ended: Why no more was asked, or the last question was left out; None where all were answered.
    """

    def __init__(self, asking: Asking) -> None:
        """Keep what asks."""
        self._asking, self.count = asking, 0
        self.ended: Message | None = None

    def to(self, questions: Iterable[tuple[Question, type[F]]]) -> Iterator[Answered[F] | None]:
        """Yield the answer to each question; None where no answer fits."""
        for question, form in questions:
            try:
                answer = self._asking.ask(question, form)
            except NotAnswered as reason:
                self.ended = reason.reason
                if reason.ends:
                    return
                yield None
                continue
            self.count += 1
            yield answer


def proposal_id(*parts: str | None) -> str:
    """Return the id of a proposal: the same for the same one."""
    return hashlib.sha256("\x1f".join("\x1e" if part is None else part for part in parts).encode("utf-8", "replace")).hexdigest()[:10]
