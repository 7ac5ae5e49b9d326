"""Represent a rule that accepted batches suggest, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sluice.domain.message import Message
from sluice.domain.trials import RuleEdit

SuggestionKind: TypeAlias = Literal["add", "change", "hold"]


@dataclass(frozen=True, slots=True)
class RuleSuggestion:
    """Hold a rule to add, other limits of one, or one that could hold rows.

    Attributes:
        kind: What would change.
        rule: Id of the rule.
        edit: The rule as it should be.
        reason: Why.
        evidence: How the rule did on accepted batches.
        at: When it was suggested.
        refused_by: Who refused it; empty where nobody did.
    """

    kind: SuggestionKind
    rule: str
    edit: RuleEdit
    reason: Message
    evidence: Message
    at: datetime
    refused_by: str = ""
