"""Evaluate a batch that does not fit into memory, one part of its rows at a time.

The main flow runs on a part as it runs on a whole batch. Where a step needs to know something of all rows, it asks with the summary of its own rows
and gets the merged one (`Batch.part`). In the first pass the merged summaries are not known yet, and a part goes on with what the parts before it
said. What its rows take over from a summary it confirms: which rules hold rows, the format of a column. After the last part, the flow runs on no
rows with the merged summaries: this gives the verdicts and the scores of the batch. Where a part confirmed something else than this run, its rows
may be wrong, and all parts run again, with every summary before that place known. Most batches take one pass; each further one settles one more summary.
Where a guess would hardly ever be right, such as the counts of all values of a column, a part waits: it ends there, and runs again with the merged summary.

Parts run in turn in this process (`InTurn`), or elsewhere at the same time. Then none of them knows of the others in the first pass, and goes on with its own
summary. A guess decides how many passes there are, never what the last one gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import polars as pl

from sluice.domain import Answer, Batch, Guesses, Outcome, encode, merge_summaries
from sluice.errors import NotInParts
from sluice.messages import make_error
from sluice.ports import Exchanger

S = TypeVar("S")
_WAITS = "waits"
Load = Callable[[], Batch]


class _Unsettled(BaseException):  # no error of a step: none may catch it
    """End the run on a part that waits for the summaries of the others."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one line of the log of a run: a question, or what it confirmed.

    Attributes:
        name: What it is about.
        confirmed: What was confirmed, as JSON, since a part may have run in another process; None for a question.
    """

    name: str
    confirmed: str | None = None

    @property
    def asks(self) -> bool:
        """Return True for a question."""
        return self.confirmed is None


@dataclass(frozen=True, slots=True, eq=False)
class PartLog:
    """Hold what a run on one part asked and confirmed.

    Attributes:
        own: The part's own summaries.
        log: Questions and confirmations, in order.
    """

    own: Sequence[Answer]
    log: Sequence[Entry]


@dataclass(eq=False)
class RecordedPart:
    """Answer the questions of a run on one part, and keep a log of them.

    Attributes:
        settled: Answers to the first questions.
        guesses: Guesses of later ones.
        certain: Number of settled answers that later passes will not change; those after them may contradict one another.
        exchanger: Hands rows from one part to another.
        is_last: True for the run on no rows, after all parts.
        own: The part's own summaries.
        log: Questions and confirmations, in order.
    """

    settled: Sequence[Answer]
    guesses: Guesses
    certain: int
    exchanger: Exchanger
    is_last: bool = False
    own: list[Answer] = field(default_factory=list)
    log: list[Entry] = field(default_factory=list)
    _numbers: Counter[str] = field(default_factory=Counter)
    _latest: dict[str, Any] = field(default_factory=dict)
    _settled_names: set[str] = field(default_factory=set)

    def total(self, name: str, summary: S, *, steady: bool = False) -> S:
        """Return the merged summary, or a guess of it."""
        number, settled = self._numbers[name], self._next_settled(name)
        self._numbers[name] += 1
        self.own.append(Answer(name, summary))
        self.log.append(Entry(name))
        if settled is not None:
            answer: S = settled.summary
            self._latest[name] = answer
            self._settled_names.add(name)
            return answer
        self._settled_names.discard(name)
        latest: S | None = self._latest.get(name) if steady else None
        return self.guesses.guess((name, number), summary, latest)

    def confirm(self, name: str, value: object) -> None:
        """Add what the rows depend on to the log."""
        self.log.append(Entry(name, encode(value).text))

    def knows(self, name: str) -> bool:
        """Return True where the answer to the latest question of a name was settled."""
        return name in self._settled_names

    def wait(self, name: str | None = None) -> None:
        """End the run where an answer so far was a guess, unless the question of a name was answered before."""
        if name in self._latest:
            return
        answered = [answer.name for answer in self.own]
        if answered != [answer.name for answer in self.settled[: len(answered)]]:
            raise _Unsettled

    @property
    def is_first(self) -> bool:
        """Return True for the part that takes the rows of the batch where all of them are exchanged as one group."""
        return self.exchanger.part == 0

    def meets(self, by: Sequence[str]) -> bool:
        """Return True where rows that are equal in some columns are in one part."""
        return self.exchanger.meets(by)

    def exchange(self, name: str, rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
        """Return all rows of the batch of some groups, where no other part has rows of them: a part sends its rows, and waits for those of the others."""
        if self.exchanger.meets(by):
            return rows
        earlier = self._next_settled(name)
        sent = self.exchanger.send(rows, by) if earlier is None else self.exchanger.sent(earlier.summary)  # what was settled is there
        files = self.total(name, sent)
        self.wait()
        return self.exchanger.receive(files, rows.clear())

    def _next_settled(self, name: str) -> Answer | None:
        place = len(self.own)
        return self.settled[place] if place < len(self.settled) and self.settled[place].name == name else None

    def run(self, evaluate: Callable[[Batch], Outcome], load: Load) -> Outcome | None:
        """Evaluate rows as a part; return None where it waits for the others, or a step failed after a guess, which may be its cause."""
        try:
            return evaluate(replace(load(), part=self))  # nobody else holds the rows
        except _Unsettled:
            self.confirm(_WAITS, None)
            return None
        except Exception as error:
            if len(self.own) <= self.certain:
                raise
            self.confirm("failed", repr(error))
            return None


class Parts(Protocol):
    """Run the main flow on all parts of a batch."""

    def run(self, settled: Sequence[Answer], guesses: Guesses) -> Iterator[PartLog]:
        """Run each part, keep its outcome, and yield what it asked and confirmed.

        Args:
            settled: Answers to the first questions.
            guesses: Guesses of later ones; parts that are yielded are added to them.
        """
        ...

    def forget(self) -> None:
        """Drop the outcomes that were kept, as the parts run again."""
        ...

    @property
    def exchanger(self) -> Callable[[int | None], Exchanger]:
        """Return what hands rows from one part to another: that of a part by its number, or that of the run on no rows."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class InTurn:
    """Run the parts in this process, one after the other.

    Attributes:
        loads: Return the rows of each part. Rows that a step must see together are in one part.
        evaluate: Evaluates a batch.
        keep: Takes the outcome of a part; its rows are final unless `forget` follows.
        forget: Drops the outcomes that were kept.
        exchanger: Return what hands the rows of a part, by its number, to others.
    """

    loads: Sequence[Load]
    evaluate: Callable[[Batch], Outcome]
    keep: Callable[[Outcome], None]
    forget: Callable[[], None]
    exchanger: Callable[[int | None], Exchanger]

    def run(self, settled: Sequence[Answer], guesses: Guesses) -> Iterator[PartLog]:
        """Run each part, and yield what it asked and confirmed."""
        for number, load in enumerate(self.loads):
            part = RecordedPart(settled, guesses, len(settled), self.exchanger(number))
            if (outcome := part.run(self.evaluate, load)) is not None:
                self.keep(outcome)
            yield PartLog(part.own, part.log)


def evaluate_parts(parts: Parts, evaluate: Callable[[Batch], Outcome], empty: Batch, expected: Mapping[str, Any]) -> Outcome:
    """Evaluate a batch in parts, and return the outcome of the batch without rows: its verdicts, and what it replaces.

    Args:
        parts: The parts, one or more.
        evaluate: Evaluates a batch.
        empty: The batch without rows.
        expected: Summaries that probably answer the questions of these names.

    Raises:
        NotInParts: The parts come to no agreement; the batch must be evaluated as a whole.
    """
    settled: Sequence[Answer] = ()
    guesses = Guesses(expected)
    while True:
        runs = _Runs(guesses)
        runs.add_all(parts.run(settled, guesses))
        final = RecordedPart(runs.merged, Guesses(), len(settled), parts.exchanger(None), is_last=True)
        outcome = final.run(evaluate, lambda: empty)
        agreed = runs.agreed(final.log)
        if agreed is None and outcome is not None:
            return outcome
        if agreed is None or agreed <= len(settled):
            raise make_error(NotInParts, "parts_disagree")
        parts.forget()
        settled, guesses = runs.merged[:agreed], guesses.next(len(runs.logs))


@dataclass(eq=False)
class _Runs:
    """Collect the runs of one pass over all parts."""

    guesses: Guesses
    merged: list[Answer] = field(default_factory=list)
    logs: list[Sequence[Entry]] = field(default_factory=list)

    def add_all(self, parts: Iterable[PartLog]) -> None:
        """Add the runs of all parts."""
        for part in parts:
            self.add(part)

    def add(self, part: PartLog) -> None:
        """Add a run; summaries are merged as far as all runs asked the same."""
        self.guesses.add(part.own)
        if self.logs:
            pairs = list(zip(self.merged, part.own, strict=False))
            same = next((place for place, (first, second) in enumerate(pairs) if first.name != second.name), len(pairs))
            self.merged = [Answer(first.name, merge_summaries(first.summary, second.summary)) for first, second in pairs[:same]]
        else:
            self.merged = list(part.own)
        self.logs.append(part.log)

    def agreed(self, final: Sequence[Entry]) -> int | None:
        """Return the number of questions before the first entry in which a log differs from that of the merged summaries; None where none differs."""
        places = [place for log in self.logs if (place := _first_difference(log, final)) is not None]
        return sum(entry.asks for entry in final[: min(places)]) if places else None


def _first_difference(log: Sequence[Entry], final: Sequence[Entry]) -> int | None:
    if log == final:
        return None
    return next((place for place, (first, second) in enumerate(zip(log, final, strict=False)) if first != second), min(len(log), len(final)))
