"""Suggest expectations by kind of column."""

from __future__ import annotations

from dataclasses import dataclass

from sluice.config import Step
from sluice.domain import EMPTY, Message, OnFail, Severity

_SURE_ROWS = 100  # without an exception: fewer than 3 % are exceptions by the rule of three


@dataclass(frozen=True)
class Suggestion:
    """Suggest a step of a suite, with the reason that is written as its comment.

    Attributes:
        step: Suggested step.
        reason: Why it is suggested.
        doubt: What a person should confirm before relying on the rule; empty where nothing is in doubt.
    """

    step: Step
    reason: Message
    doubt: Message = EMPTY

    @property
    def holds(self) -> bool:
        """Return True where a breach would hold rows."""
        return self.step.settings.get("on_fail") != "flag"


def hold_step(name: str, reason: Message, **settings: object) -> Suggestion:
    """Build the suggestion of an expectation that holds rows: only for what right data breaks improbably."""
    return Suggestion(Step(name=name, settings={**settings, "severity": "critical"}), reason)


def flag_step(name: str, reason: Message, severity: Severity = "info", *, doubt: Message = EMPTY, **settings: object) -> Suggestion:
    """Build the suggestion of an expectation that reports a breach and holds nothing; `info` does not enter the score either."""
    on_fail: OnFail = "flag"
    return Suggestion(Step(name=name, settings={**settings, "severity": severity, "on_fail": on_fail}), reason, doubt)


def severity_by(rows: int) -> Severity:
    """Return the severity of a rule that reports: a warning, which enters the score, where the sample is large enough for its limits.

    Args:
        rows: Number of rows from which the limits were derived.
    """
    return "warning" if rows >= _SURE_ROWS else "info"
