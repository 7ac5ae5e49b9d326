"""Propose changes of a suite from accepted history, as a diff of sluice.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.proposals import Proposal
from sluice.app.app import App
from sluice.app.config_text import difference, read_text
from sluice.config import edit
from sluice.config.write import step_line
from sluice.errors import UsageError


@dataclass(frozen=True, slots=True)
class Proposals:
    """Hold what is proposed for one dataset.

    Attributes:
        additions: Rules that the suite lacks.
        holding: Rules of the suite that only report, and could hold rows.
    """

    dataset: str
    additions: Sequence[Proposal]
    holding: Sequence[Proposal]

    def facts(self) -> list[Mapping[str, object]]:
        """Return one row for each proposal."""
        return [
            {"proposal": "hold" if entry.position is not None else "add", "rule": entry.rule, "evidence": str(entry.evidence), "reason": entry.reason}
            for entry in (*self.additions, *self.holding)
        ]


def propose(app: App, dataset: str) -> Proposals:
    """Propose changes of the suite of a dataset.

    Args:
        app: The application.
        dataset: Name of a configured dataset.

    Raises:
        UsageError: There is no such dataset, or its suite is a file in JSON.
    """
    proposals = app.worker.propose_suite(app.require_dataset(dataset), app.store.snapshot().id)
    additions = [proposal for proposal in proposals if proposal.position is None]
    return Proposals(dataset, additions, [proposal for proposal in proposals if proposal.position is not None])


def edited(text: str, proposals: Proposals, accepted: Sequence[str] = ()) -> str:
    """Return the text of sluice.yaml with the additions, and with the accepted rules holding rows.

    Args:
        text: Present text.
        proposals: What is proposed.
        accepted: Ids of the rules that a person lets hold rows.

    Raises:
        UsageError: A rule is not proposed to hold rows, or the text cannot be edited.
    """
    holding = {proposal.rule: proposal for proposal in proposals.holding}
    for rule in accepted:
        position = holding[rule].position if rule in holding else None
        if position is None:
            raise UsageError(f"{rule} is not proposed to hold rows; proposed: {', '.join(holding) or 'none'}")
        text = edit.let_hold(text, proposals.dataset, position)
    lines = [step_line(proposal.step, f"{proposal.reason}; {proposal.evidence}") for proposal in proposals.additions]
    return edit.add_steps(text, proposals.dataset, lines) if lines else text


def diff(path: Path, proposals: Proposals, accepted: Sequence[str] = ()) -> tuple[str, str]:
    """Return the edited text of a configuration, and its difference from the present one.

    Raises:
        UsageError: A rule is not proposed to hold rows, or the text cannot be edited.
        ConfigError: The edited text would not be read.
    """
    before = read_text(path)
    after = edited(before, proposals, accepted)
    return after, difference(path, before, after)
