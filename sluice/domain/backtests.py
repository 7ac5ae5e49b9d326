"""Represent what a configuration makes of batches that were judged before."""

from __future__ import annotations

from dataclasses import dataclass

from sluice.domain.message import Message
from sluice.domain.records import Run
from sluice.domain.words import GateState, Severity, Status


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Hold the result of one rule for one batch, beside the recorded one.

    Attributes:
        rule: Id of the rule.
        severity: How bad a failure is; of a rule that is not judged any more the recorded one.
        status: Status of its verdict now; None where it is not judged any more.
        failed: Number of failing rows now; 1 or 0 for a rule about a whole batch.
        recorded_status: The recorded status; None where it was not judged then.
        recorded_failed: The recorded number of failing rows.
        recorded_severity: The recorded severity.
    """

    rule: str
    severity: Severity
    status: Status | None
    failed: int
    recorded_status: Status | None
    recorded_failed: int
    recorded_severity: Severity | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """Hold what a configuration makes of one recorded batch, whose rows were judged as they arrived.

    Attributes:
        run: The recorded run.
        held: Rows that would be held.
        flagged: Rows that would be published with a flag.
        recorded_flagged: Rows that were.
        repaired: Rows with a repaired cell.
        score: Worst dimension of the rows that would be published; None without any score.
        decision: Whether the batch could be learned from.
        reasons: Why not, and what else a person should know.
        rules: Every rule that was judged now or then.
    """

    run: Run
    held: int
    flagged: int
    recorded_flagged: int
    repaired: int
    score: float | None
    decision: GateState
    reasons: tuple[Message, ...]
    rules: tuple[RuleChange, ...]
