"""Keep the rules that accepted batches suggest where people decide on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sluice.app.app import App
from sluice.app.suite_proposals import comment_of, evidence_messages, propose
from sluice.domain import Message, Request, RuleEdit, RuleSuggestion

if TYPE_CHECKING:
    from checks.proposals import Evidence, Proposal


def suggest_rules(app: App, request: Request) -> Message:
    """Look for rules that the accepted batches of a dataset suggest, and keep them.

    Raises:
        UsageError: There is no such dataset, or its suite is a file in JSON.
    """
    proposals = propose(app, request.dataset, with_refused=True)
    entries = [*proposals.changes, *proposals.holding, *proposals.additions]
    app.store.suggestions.save(
        request.dataset,
        [RuleSuggestion(one.kind, one.rule, _edit(request.dataset, one), one.reason, _message(one.evidence), app.now()) for one in entries],
    )
    return Message.of("rules_suggested", rules=len(entries))


def _edit(dataset: str, proposal: Proposal) -> RuleEdit:
    return RuleEdit(dataset, proposal.step.name, dict(proposal.step.settings), proposal.position, comment_of(proposal))


def _message(evidence: Evidence) -> Message:
    return Message.join(evidence_messages(evidence))
