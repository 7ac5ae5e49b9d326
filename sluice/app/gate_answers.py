"""Answer whether a dataset may be learned from now: the decision, what opens the gate, and what a person should know beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sluice.app.app import App
from sluice.app.held_keys import describe_missing_keys
from sluice.app.lost_columns import describe_lost
from sluice.app.reported import reported_shares
from sluice.domain import Decision, Message
from sluice.rules.opening import how_to_open


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """Hold the answer of a gate.

    Attributes:
        decision: The decision.
        advice: What opens the gate; empty where it is open.
        gone: Lines of sluice.yaml about columns that the newest file lacks, or has under a new name.
        reported: Rules that hold nothing and that rows of the newest batch fail, with their share.
        missing: How many published keys a snapshot lacks since their rows are held; None: none.
    """

    decision: Decision
    advice: Message
    gone: Sequence[Message]
    reported: Sequence[Mapping[str, object]]
    missing: Message | None

    def facts(self) -> dict[str, object]:
        """Return the answer by name."""
        decision = self.decision
        return {
            "dataset": decision.dataset,
            "state": decision.state,
            "reasons": list(decision.reasons),
            "at": decision.at,
            "score": decision.score,
            "guarded": decision.guarded,
            "newest": decision.newest,
            "snapshot": decision.snapshot,
            "runs": decision.runs,
            "override": decision.override.by if decision.override else None,
            "to_open": self.advice or None,
            "gone": list(self.gone),
            "reported": list(self.reported),
            "missing_keys": self.missing,
        }


def answer_gate(app: App, dataset: str) -> GateAnswer:
    """Compute the answer of a dataset's gate; nothing is recorded.

    Raises:
        UsageError: No dataset has that name.
        StoreError: The lake is older than the database, or either does not answer.
    """
    app.store.compare_with_lake()
    decision = app.gate(dataset)
    newest = app.store.runs.get(decision.newest) if decision.newest else None
    return GateAnswer(
        decision,
        how_to_open(decision, app.store.runs.of(dataset), held_runs(app, decision)),
        list(describe_lost(app.config, app.path, newest)),
        reported_shares(app, decision.newest),
        describe_missing_keys(app.store, dataset),
    )


def held_runs(app: App, decision: Decision) -> Collection[str]:
    """Return the ids of the runs that hold rows now; none where the gate is open, and nobody asks."""
    return () if decision.open else app.store.quarantine.holding_runs(decision.dataset)
