"""Compare a batch that is evaluated in parts with the whole one.

The parts run one after the other, or apart as on a cluster: none knows of another, and what they say crosses as JSON and Arrow.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import polars as pl
from hypothesis import strategies as st

from sluice.domain import ROW, Answer, Batch, Guesses, Outcome, Split, Verdict
from sluice.partitions import InTurn, PartLog, RecordedPart, evaluate_parts
from sluice.pipeline import evaluate
from sluice.ports import Snapshot, Steps, needs_of_steps
from sluice.worker.exchange import FolderExchange
from sluice.worker.spark.messages import PartAnswer, Question, decode_answer, decode_question, encode_answer, encode_question


def divide(batch: Batch, steps: Steps, parts: int) -> list[Callable[[], Batch]]:
    """Divide by the hash of the columns by which rows must meet, or by their place."""
    assert not needs_of_steps(steps).undivided()
    together = needs_of_steps(steps).together_by()
    number = batch.rows.select(pl.struct(together).hash() % parts if together else pl.int_range(pl.len()) * parts // pl.len()).to_series()
    return [functools.partial(replace, batch, rows=batch.rows.filter(number == part)) for part in range(parts)]


@dataclass(frozen=True)
class Apart(InTurn):
    """Run each part as if in a process of its own."""

    def run(self, settled: Sequence[Answer], guesses: Guesses) -> Iterator[PartLog]:
        question = encode_question(Question(settled, guesses))
        for number, load in reversed(list(enumerate(self.loads))):
            received = decode_question(question)
            part = RecordedPart(received.settled, received.guesses, len(settled), self.exchanger(number))
            if (outcome := part.run(self.evaluate, load)) is not None:
                self.keep(outcome)
            yield decode_answer(encode_answer(PartAnswer(number, PartLog(part.own, part.log)))).log


def in_parts(
    batch: Batch, snapshot: Snapshot, steps: Steps, parts: int, engine: type[InTurn], held_rows: HeldRows | None = None
) -> tuple[Outcome, list[Outcome]]:
    outcomes: list[Outcome] = []

    def one(part: Batch) -> Outcome:
        return evaluate(part, steps, snapshot, held_rows=held_rows)

    with tempfile.TemporaryDirectory() as folder:
        together = needs_of_steps(steps).together_by()
        division = engine(divide(batch, steps, parts), one, outcomes.append, outcomes.clear, lambda part: FolderExchange(Path(folder), part, parts, together))
        return evaluate_parts(division, one, replace(batch, rows=batch.rows.clear()), {}), outcomes


def facts(verdict: Verdict) -> tuple[object, ...]:
    fields = (verdict.rule, verdict.status, verdict.severity, verdict.on_fail, verdict.rows, verdict.failed, verdict.columns)
    return (*fields, verdict.message.dumps() if verdict.message else "", verdict.observed.dumps() if verdict.observed else "", verdict.fingerprint)


def judged(outcome: Outcome) -> object:
    return {phase: [facts(verdict) for verdict in verdicts] for phase, verdicts in outcome.phases.items()}, outcome.arrival, outcome.published


def frames(outcomes: list[Outcome]) -> list[list[dict[str, object]]]:
    pick: list[Callable[[Outcome], pl.DataFrame]] = [
        lambda outcome: outcome.split.good.rows,
        lambda outcome: outcome.split.bad.rows,
        lambda outcome: outcome.repairs,
        lambda outcome: outcome.flags,
        lambda outcome: outcome.repeats,
        lambda outcome: outcome.replaced,
    ]
    joined = [pl.concat([of(outcome) for outcome in outcomes], how="diagonal") for of in pick]
    return [
        frame.select(sorted(frame.columns)).sort([name for name in (ROW, "repair_id", "rule", "_other") if name in frame.columns]).to_dicts()
        for frame in joined
    ]


HeldRows: TypeAlias = Callable[[Split], pl.DataFrame]
ENGINES = st.sampled_from([InTurn, Apart])


def assert_same_in_parts(batch: Batch, snapshot: Snapshot, steps: Steps, parts: int, engine: type[InTurn], held_rows: HeldRows | None = None) -> Outcome:
    """Check that the parts give what the whole batch gives."""
    expected = evaluate(batch, steps, snapshot, held_rows=held_rows)
    outcome, outcomes = in_parts(batch, snapshot, steps, parts, engine, held_rows)
    assert judged(outcome) == judged(expected)
    assert frames([*outcomes, outcome]) == frames([expected])
    return expected
