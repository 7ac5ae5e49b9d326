"""Propose changes of a suite from accepted history, as a diff of sluice.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sluice.app.app import App
from sluice.config import edit
from sluice.config.text import difference, read_text
from sluice.config.write import step_line
from sluice.domain import Message
from sluice.errors import UsageError
from sluice.messages import make_error, render

if TYPE_CHECKING:
    from checks.proposals import Evidence, Proposal
_BETWEEN: Mapping[str, str] = {"zh": "\uff1b"}  # sentences, by language


@dataclass(frozen=True, slots=True)
class Proposals:
    """Hold what is proposed for one dataset.

    Attributes:
        additions: Rules that the suite lacks.
        changes: Rules of the suite with other limits, since accepted batches fail the present ones.
        holding: Rules of the suite that only report, and could hold rows.
    """

    dataset: str
    additions: Sequence[Proposal]
    changes: Sequence[Proposal]
    holding: Sequence[Proposal]

    def facts(self, language: str = "en") -> list[Mapping[str, object]]:
        """Return one row for each proposal, with its evidence and reason in a language."""
        return [
            {
                "proposal": entry.kind,
                "rule": entry.rule,
                "evidence": describe_evidence(entry.evidence, language),
                "reason": render(entry.reason, language),
            }
            for entry in (*self.additions, *self.changes, *self.holding)
        ]


def propose(app: App, dataset: str, *, with_refused: bool = False) -> Proposals:
    """Propose changes of the suite of a dataset.

    Args:
        app: The application.
        dataset: Name of a configured dataset.
        with_refused: Return also what somebody refused.

    Raises:
        UsageError: There is no such dataset, or its suite is a file in JSON.
    """
    refused = () if with_refused else app.store.suggestions.refused(app.require_dataset(dataset))
    proposals = [one for one in app.worker.propose_suite(app.require_dataset(dataset), app.store.snapshot().id) if (one.kind, one.rule) not in refused]
    additions, changes, holding = ([proposal for proposal in proposals if proposal.kind == kind] for kind in ("add", "change", "hold"))
    return Proposals(dataset, additions, changes, holding)


def edited(text: str, proposals: Proposals, accepted: Sequence[str] = (), language: str = "en") -> str:
    """Return the text of sluice.yaml with the additions and the changed limits, and with the accepted rules holding rows.

    Args:
        text: Present text.
        proposals: What is proposed.
        accepted: Ids of the rules that a person lets hold rows.
        language: Language of the comments.

    Raises:
        UsageError: A rule is not proposed to hold rows, or the text cannot be edited.
    """
    holding = {proposal.rule: proposal for proposal in proposals.holding}
    for rule in accepted:
        position = holding[rule].position if rule in holding else None
        if position is None:
            raise make_error(UsageError, "rule_not_proposed", rule=rule, rules=tuple(holding) or Message.of("nothing_named"))
        text = edit.let_hold(text, proposals.dataset, position)
    for proposal in sorted(proposals.changes, key=_position, reverse=True):  # from the last on, as a rule of several lines becomes one line
        text = edit.replace_step(text, proposals.dataset, _position(proposal), _line(proposal, language))
    lines = [_line(proposal, language) for proposal in proposals.additions]
    return edit.add_steps(text, proposals.dataset, lines) if lines else text


def _position(proposal: Proposal) -> int:
    return -1 if proposal.position is None else proposal.position


def _line(proposal: Proposal, language: str) -> str:
    return step_line(proposal.step, comment_of(proposal, language))


def comment_of(proposal: Proposal, language: str = "en") -> str:
    """Return why a rule is proposed, as the comment behind it in sluice.yaml."""
    return f"{render(proposal.reason, language)}{_BETWEEN.get(language, '; ')}{describe_evidence(proposal.evidence, language)}"


def describe_evidence(evidence: Evidence, language: str) -> str:
    """Return how a rule did on accepted batches, in a language."""
    if language == "en":
        return str(evidence)
    return _BETWEEN.get(language, "; ").join(render(message, language) for message in evidence_messages(evidence))


def evidence_messages(evidence: Evidence) -> Iterator[Message]:
    """Yield how a rule did on accepted batches: on how many, on how many rows, and against which states of its reference."""
    yield Message.of("suggestion_held", passed=evidence.passed, batches=evidence.batches)
    if evidence.rows:
        yield Message.of("suggestion_rows", failed=evidence.failed, rows=evidence.rows)
    if evidence.references:
        yield Message.of("suggestion_references", states=evidence.references)


def diff(path: Path, proposals: Proposals, accepted: Sequence[str] = (), language: str = "en") -> tuple[str, str]:
    """Return the edited text of a configuration, and its difference from the present one.

    Raises:
        UsageError: A rule is not proposed to hold rows, or the text cannot be edited.
        ConfigError: The edited text would not be read.
    """
    before = read_text(path)
    after = edited(before, proposals, accepted, language)
    return after, difference(path, before, after)
