"""Suggest expectations by kind of column."""

from __future__ import annotations

from dataclasses import dataclass

from sluice.config import Step
from sluice.domain import Severity


@dataclass(frozen=True)
class Suggestion:
    """Suggest a step of a suite, with the reason that is written as its comment.

    Attributes:
        step: Suggested step.
        reason: Reason in words.
    """

    step: Step
    reason: str


def suggest_step(name: str, reason: str, severity: Severity = "critical", **settings: object) -> Suggestion:
    """Build the suggestion of an expectation."""
    return Suggestion(Step(name=name, settings={**settings, "severity": severity}), reason)
