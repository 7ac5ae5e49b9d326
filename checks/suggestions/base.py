"""A suggested step, with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from sluice.config import Step
from sluice.domain import Severity


@dataclass(frozen=True)
class Suggestion:
    """A step for a suite; `why` is the comment that goes with it."""

    step: Step
    why: str


def suggestion(name: str, why: str, severity: Severity = "critical", **settings: object) -> Suggestion:
    """A suggested expectation."""
    return Suggestion(Step(name=name, settings={**settings, "severity": severity}), why)
