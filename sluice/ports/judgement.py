"""Judge a batch by all of its judges; a second time, only what repairs and holds can have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import polars as pl

from sluice.domain import ACTION, Batch, Cleaned, Verdict
from sluice.ports.judging import Earlier, Judge, RepeatJudge, Snapshot
from sluice.ports.stages import stage


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Hold what the judges said of a batch.

    Attributes:
        by_judge: Verdicts of each judge, in order, waived ones among them.
        waived: Ids of rules that a steward does not apply to the rows.
    """

    by_judge: Sequence[Sequence[Verdict]]
    waived: frozenset[str] = frozenset()

    @property
    def verdicts(self) -> list[Verdict]:
        """Return the verdicts without waived ones."""
        return [verdict for verdicts in self.by_judge for verdict in verdicts if verdict.rule not in self.waived]

    def since(self, held: pl.Series | None, cleaned: Cleaned | None = None) -> list[Earlier]:
        """Return what each judge said, with what has changed since.

        Args:
            held: True for each judged row that is held since; None where none is.
            cleaned: The batch after its cleaning, where that came since.
        """
        repaired = frozenset() if cleaned is None else _repaired(cleaned)
        return [Earlier(verdicts, held, repaired) for verdicts in self.by_judge]


def judge_batch(judges: Sequence[Judge], batch: Batch, snapshot: Snapshot, earlier: Sequence[Earlier] = (), waived: frozenset[str] = frozenset()) -> Judgement:
    """Judge a batch by each judge.

    Args:
        judges: The judges.
        batch: The batch.
        snapshot: Everything that was published before.
        earlier: What each judge said of the batch before it was repaired and split; empty at the first time.
        waived: Ids of rules that a steward does not apply to the rows.
    """
    with stage("judge"):
        judgement = Judgement([_judge(judge, batch, snapshot, before) for judge, before in zip_longest(judges, earlier)], waived)
    batch.part.confirm("verdicts", effects(judgement.verdicts))
    return judgement


def effects(verdicts: Sequence[Verdict]) -> tuple[object, ...]:
    """Return what the rows of a batch take over from verdicts, beside the masks and the evidence: counts are not among it."""
    evaluated = [verdict for verdict in verdicts if verdict.failing is not None or verdict.on_fail == "block"]
    return tuple((verdict.rule, verdict.on_fail, *_status_of(verdict), verdict.severity, verdict.columns, verdict.message) for verdict in evaluated)


def _status_of(verdict: Verdict) -> tuple[str, ...]:
    return (verdict.status,) if verdict.on_fail == "block" else ()


def _judge(judge: Judge, batch: Batch, snapshot: Snapshot, earlier: Earlier | None) -> Sequence[Verdict]:
    if earlier is None:
        return judge.judge(batch, snapshot)
    if not batch.part.total("changed", earlier.held is not None or bool(earlier.repaired)):
        return earlier.verdicts  # the same rows: a judge is pure
    return judge.judge_again(batch, snapshot, earlier) if isinstance(judge, RepeatJudge) else judge.judge(batch, snapshot)


def _repaired(cleaned: Cleaned) -> frozenset[str]:
    rows = cleaned.batch.rows
    unordered = ACTION in rows.columns and bool(rows.select((pl.col(ACTION) == "order_unknown").any()).item())
    return frozenset(cleaned.repairs.filter("applied")["column"].unique()) | ({ACTION} if unordered else frozenset())
