"""Say in one sentence what is new of a dataset, and what a person can open from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sluice.domain.message import Message
from sluice.domain.records import Override
from sluice.domain.words import GateState


@dataclass(frozen=True, slots=True)
class Look:
    """Record when a person looks at the news.

    Attributes:
        at: The newest look.
        since: The last look of the visit before; what was read later is news. None at the first visit.
    """

    at: datetime
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class MainReason:
    """Name the rule that holds most rows of a batch.

    Attributes:
        rule: Id of the rule.
        problem: What is wrong with a row that fails it.
        rows: Number of rows that it held when the batch was read; once rows have left, that it holds now.
        held: Number of rows of the batch that were held then, or are now.
    """

    rule: str
    problem: Message
    rows: int
    held: int


@dataclass(frozen=True, slots=True)
class News:
    """Say what happened to a dataset since a person looked last.

    Attributes:
        message: The sentence.
        gate: State of its gate.
        level: How bad it is, 0 is worst; datasets are listed in this order.
        share: Share of the rows of the named batch that are held.
        run: Id of the batch that the sentence is about; empty where it is about none.
        held: Rows of that batch that are held now.
        rule: Rule that the sentence names; empty where it names none.
        incident: Number of the unresolved incident of that rule.
        cleaner: Cleaner whose repairs people undo too often; empty where there is none.
        override: Override for which the gate is open; None where there is none, or the gate is open without it.
    """

    dataset: str
    message: Message
    gate: GateState
    level: int
    share: float = 0.0
    run: str = ""
    held: int = 0
    rule: str = ""
    incident: int | None = None
    cleaner: str = ""
    override: Override | None = None

    @property
    def wrong(self) -> bool:
        """Return True where somebody should look at it."""
        return self.level < QUIET_LEVEL


QUIET_LEVEL = 5
"""Level from which on nothing is wrong."""
