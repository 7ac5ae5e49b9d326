"""Represent requests to a language model, its answers, and its proposals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sluice.domain.message import Message

AnswerState: TypeAlias = Literal["answered", "malformed", "failed"]
ProposalKind: TypeAlias = Literal["cell", "value", "contradiction"]
CheckState: TypeAlias = Literal["fits", "doubted", "fails"]


@dataclass(frozen=True, slots=True)
class Question:
    """Hold one question to a language model.

    Attributes:
        task: What it is about, such as `repair_cells`.
        version: Version of the instructions; another one is asked anew.
        instructions: What to do, in English.
        data: What the question is about, as JSON: data, never instructions.
        schema: JSON schema of the answer.
    """

    task: str
    version: int
    instructions: str
    data: Mapping[str, object]
    schema: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Completion:
    """Hold what a language model wrote.

    Attributes:
        text: What it wrote.
        question_tokens: Tokens of the question, as the server counted them; None where it does not say.
        answer_tokens: Those of the answer.
    """

    text: str
    question_tokens: int | None = None
    answer_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """Record one call: the question by its digest, what was answered, and what it took.

    Attributes:
        at: Time of the call.
        task: What it was about.
        version: Version of the instructions.
        model: Name of the model.
        question: Digest of the model's name and all of the question.
        state: answered; malformed (the answer does not fit its schema); failed (no answer).
        question_tokens: Tokens of the question; estimated where the server does not say.
        answer_tokens: Tokens of the answer, likewise.
        answer: What the model wrote; empty where it failed.
    """

    at: datetime
    task: str
    version: int
    model: str
    question: str
    state: AnswerState
    question_tokens: int = 0
    answer_tokens: int = 0
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Count calls and tokens of a time."""

    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class ModelProposal:
    """Hold what a language model proposes, until a person decides.

    Attributes:
        id: Its id.
        dataset: Name of the dataset.
        kind: cell: another value of a cell of a held row; value: another spelling of a value in all rows; contradiction: cells that do not go together.
        row: Id of the row; empty where it is about all rows.
        column: Column that would change; of a contradiction the columns, with a comma between them.
        value: What stands there now; None where the cell is empty.
        text: What the model proposes; None empties the cell.
        why: The model's reason.
        check: fits; doubted (the row passes, and a cleaner would change the cell otherwise); fails (the row would still be held).
        note: What the check found.
        model: Name of the model.
        version: Version of the instructions.
        at: When it was proposed.
        refused_by: Who refused it; empty where nobody did.
        request: Id of the request that carries it out; empty where nobody accepted it.
    """

    id: str
    dataset: str
    kind: ProposalKind
    row: str
    column: str
    value: str | None
    text: str | None
    why: str
    check: CheckState
    note: Message
    model: str
    version: int
    at: datetime
    refused_by: str = ""
    request: str = ""

    @property
    def is_open(self) -> bool:
        """Return whether nobody has decided on it."""
        return not self.refused_by and not self.request
