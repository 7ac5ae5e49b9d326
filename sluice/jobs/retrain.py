"""Trains a challenger, when the gate of everything that it reads is open, and lets it serve when it passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sluice.domain import EMPTY, Artifact, Comparison, Decision, Message, Model, Promotion, PromotionPolicy
from sluice.errors import ModelError, SluiceError
from sluice.ports import Store
from sluice.rules import promote


@dataclass(frozen=True, slots=True)
class Retrained:
    """What came of a retrain: the decisions that it asked for, and the new version with what it was asked, where it trained."""

    decisions: tuple[Decision, ...]
    model: Model | None = None
    promotion: Promotion | None = None
    reason: Message = EMPTY


@dataclass(frozen=True, slots=True)
class Training:
    """How to train and compare, in the child process.

    Attributes:
        train: A challenger from the decisions' pinned snapshot and open runs.
        compare: The champion, if any, with the challenger as it was saved, at that snapshot.
        policy: What it must pass.
        rules: A fingerprint of the rules of each dataset that is read, as they are configured now.
    """

    train: Callable[[Sequence[Decision]], Artifact]
    compare: Callable[[Artifact | None, Artifact, str], Comparison]
    policy: PromotionPolicy
    rules: Mapping[str, str]


def retrain(name: str, reads: Sequence[str], store: Store, gate: Callable[[str], Decision], training: Training, *, by: str, now: datetime) -> Retrained:
    """Ask the gate of every dataset; where all are open, train, compare, and keep the challenger as champion or rejected.

    Args:
        name: The line of models.
        reads: The datasets that it learns from.
        store: Where models and decisions are kept.
        gate: Computes a dataset's decision.
        training: How to train and compare.
        by: Who asked.
        now: The time of the retrain.

    Raises:
        ModelError: There is too little to learn from.
    """
    decisions = tuple(gate(dataset) for dataset in reads)
    for decision in decisions:
        store.decisions.record(decision, by=by)
    shut = [decision for decision in decisions if not decision.open]
    if shut:
        reason = Message.join(Message.of("gate_not_open", dataset=decision.dataset, state=decision.state, reasons=decision.reasons) for decision in shut)
        store.activity.log(who=by, what="retrain waits", subject=name, reason=reason, at=now)
        return Retrained(decisions, reason=reason)
    with store.lease(f"model.{name}"):
        _settle_left_over(name, store)
        champion = _serving(name, store)
        model = store.models.save(name, _named(training.train(decisions), decisions, training.rules, by), "evaluating", at=now)
        model, promotion = _judged(model, champion, store, training, decisions[0].snapshot or "")
    store.activity.log(who=by, what="retrain", subject=f"{name} {model.version} {model.state}", reason=promotion.reason, at=now)
    return Retrained(decisions, model, promotion, promotion.reason)


def _judged(model: Model, champion: Artifact | None, store: Store, training: Training, snapshot: str) -> tuple[Model, Promotion]:
    """The challenger is read back as it was saved, compared, and settled."""
    saved = store.models.load(model.name, model.version)
    assert saved is not None  # noqa: S101  # it has just been saved
    try:
        comparison = training.compare(champion, saved, snapshot)
    except SluiceError as error:
        store.models.finish_evaluation(
            model.name, model.version, "rejected", {"reason": Message.of("comparison_failed", error=Message.text(str(error))).to_json()}
        )
        raise
    promotion = promote(comparison, training.policy)
    checks = [{"name": check.name, "passed": check.passed, "message": check.message.to_json()} for check in promotion.checks]
    evidence = {"comparison": asdict(comparison), "checks": checks, "reason": promotion.reason.to_json()}
    return store.models.finish_evaluation(model.name, model.version, "champion" if promotion.won else "rejected", evidence), promotion


def _named(challenger: Artifact, decisions: Sequence[Decision], rules: Mapping[str, str], by: str) -> Artifact:
    """With the rules as they are configured now, which may be others than a batch was judged by, and what each gate said."""
    gates = [
        {
            "dataset": each.dataset,
            "reasons": [reason.to_json() for reason in each.reasons],
            "runs": len(each.runs),
            "override": asdict(each.override) if each.override else None,
        }
        for each in decisions
    ]
    return replace(challenger, card={**challenger.card, "rules": dict(rules), "gates": gates, "by": by})


def _serving(name: str, store: Store) -> Artifact | None:
    """The champion; none where its bytes are lost, since it cannot serve."""
    try:
        return store.models.load(name)
    except ModelError:
        return None


def _settle_left_over(name: str, store: Store) -> None:
    """A version whose evaluation a crash broke off never served."""
    for model in store.models.versions(name):
        if model.state == "evaluating":
            store.models.finish_evaluation(name, model.version, "rejected", {"reason": Message.of("evaluation_interrupted").to_json()})
