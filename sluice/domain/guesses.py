"""Guess what is true of a whole batch from some of its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sluice.domain.parts import merge_summaries

S = TypeVar("S")


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Hold the summary that answers a question.

    Attributes:
        name: Name of the question.
        summary: The merged summary.
    """

    name: str
    summary: Any


@dataclass(eq=False)
class Guesses:
    """Guess the summary of a batch from those of some of its parts, or from those of all in the pass before.

    A question is its name and its number among those of this name.

    Attributes:
        expected: Summaries that probably answer the questions of these names.
        before: Merged summaries of the pass before, of the questions that all parts asked.
        summaries: Merged summaries of the parts of this pass that ended.
        frequency: Number of these parts that asked each question.
    """

    expected: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[tuple[str, int], Any] = field(default_factory=dict)
    summaries: dict[tuple[str, int], Any] = field(default_factory=dict)
    frequency: Counter[tuple[str, int]] = field(default_factory=Counter)

    def guess(self, question: tuple[str, int], summary: S, latest: S | None = None) -> S:
        """Return a guess.

        Args:
            question: The question.
            summary: The summary of a part that is not among those of this pass.
            latest: The answer to the question of this name before, where this answer is probably the same.
        """
        if question in self.before:
            answer: S = self.before[question]
            return answer
        if latest is not None:
            return latest
        guess: S = self.expected.get(question[0], merge_summaries(self.summaries.get(question), summary))
        return guess

    def add(self, summaries: Sequence[Answer]) -> None:
        """Add the summaries of a part."""
        numbers: Counter[str] = Counter()
        for answer in summaries:
            question = answer.name, numbers[answer.name]
            numbers[answer.name] += 1
            self.frequency[question] += 1
            self.summaries[question] = merge_summaries(self.summaries.get(question), answer.summary)

    def next(self, parts: int) -> Guesses:
        """Return the guesses of the next pass.

        Args:
            parts: Number of parts.
        """
        return Guesses(self.expected, {question: summary for question, summary in self.summaries.items() if self.frequency[question] == parts})
