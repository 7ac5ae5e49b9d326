"""Train a challenger when every gate is open, and make it champion when it passes the checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sluice.domain import EMPTY, Artifact, Decision, Message, Model, ModelState, Promotion, PromotionPolicy
from sluice.errors import ModelError, SluiceError
from sluice.messages import error_message
from sluice.ports import ChallengerTrainer, ModelRegistry, Progress, RetrainingStore, no_progress
from sluice.rules import promote
from sluice.rules.alerts import about_gate
from sluice.rules.models import version_of


@dataclass(frozen=True, slots=True)
class Retrained:
    """Report a retrain.

    Attributes:
        decisions: Decisions of the gates.
        model: The new version, where one was trained.
        promotion: The checks that it passed or failed.
        reason: Why it became champion or was rejected, or which gates are not open.
    """

    decisions: tuple[Decision, ...]
    model: Model | None = None
    promotion: Promotion | None = None
    reason: Message = EMPTY


@dataclass(frozen=True, slots=True)
class Training:
    """Configure a retrain.

    Attributes:
        policy: Limits that the challenger must keep.
        rules: Fingerprint of the configured rules of each dataset that is read.
        log_dir: Folder for TensorBoard; None logs nothing.
        progress: Called with each step of the training.
        canary: Let some users get the challenger first, where there is a champion.
    """

    policy: PromotionPolicy
    rules: Mapping[str, str]
    log_dir: str | None = None
    progress: Progress = no_progress
    canary: bool = False


def retrain(
    name: str,
    reads: Sequence[str],
    store: RetrainingStore,
    gate: Callable[[str], Decision],
    worker: ChallengerTrainer,
    training: Training,
    *,
    by: str,
    now: datetime,
    request: str = "",
) -> Retrained:
    """Evaluate the gate of every dataset; where all are open, train, compare, and save the challenger.

    It is champion, a candidate that some users get first, or rejected.

    Args:
        name: Name of the registered model.
        reads: Datasets that it learns from.
        store: Where models and decisions are saved.
        gate: Computes a dataset's decision.
        worker: Trains and compares.
        training: Limits and rules.
        by: Who requests it.
        now: Time of the retrain.
        request: Id of the request that it carries out. What a worker trained for it that died before it answered is returned, and nothing is trained.

    Raises:
        ModelError: There is too little history.
    """
    if trained := version_of(request, store.models.versions(name)):
        return Retrained((), trained, reason=Message.from_json(trained.card["reason"]))
    decisions = tuple(gate(dataset) for dataset in reads)
    for decision in decisions:
        store.decisions.record(decision, by=by, alert=about_gate(decision))
    closed = [decision for decision in decisions if not decision.open]
    if closed:
        reason = Message.join(Message.of("gate_not_open", dataset=decision.dataset, state=decision.state, reasons=decision.reasons) for decision in closed)
        store.activity.log(who=by, what="retrain waits", subject=name, reason=reason, at=now)
        return Retrained(decisions, reason=reason)
    with store.lease(f"model.{name}") as lease:
        _reject_interrupted(name, store.models)
        champion = _load_champion(name, store.models)
        challenger = _with_origin(worker.train(decisions, training.log_dir, training.progress), decisions, training.rules, by, request)
        model = store.models.save(name, challenger, "evaluating", at=now)
        promotion, evidence = _evaluate(model, champion, store.models, worker, training.policy, decisions[0].snapshot or "")
        with store.transaction(lease):
            state, more = _state_of(promotion, canary=training.canary and champion is not None)
            model = store.models.finish_evaluation(model.name, model.version, state, {**evidence, **more})
            store.activity.log(who=by, what="retrain", subject=f"{name} {model.version} {model.state}", reason=promotion.reason, at=now)
    return Retrained(decisions, model, promotion, promotion.reason)


def _state_of(promotion: Promotion, *, canary: bool) -> tuple[ModelState, Mapping[str, object]]:
    """Return the state of a challenger that was compared, with what its card says of it."""
    if not promotion.won:
        return "rejected", {}
    return ("blessed", {"canary": Message.of("canary_begins").to_json()}) if canary else ("champion", {})


def _evaluate(
    model: Model, champion: Artifact | None, models: ModelRegistry, worker: ChallengerTrainer, policy: PromotionPolicy, snapshot_id: str
) -> tuple[Promotion, Mapping[str, object]]:
    """Read the challenger back as it was saved, compare it, and return whether it is promoted, with the evidence."""
    saved = models.load(model.name, model.version)
    assert saved is not None  # noqa: S101  # it has just been saved
    try:
        comparison = worker.compare(champion, saved, snapshot_id)
    except SluiceError as error:
        _reject(model, models, Message.of("comparison_failed", error=error_message(error)))
        raise
    promotion = promote(comparison, policy)
    checks = [{"name": check.name, "passed": check.passed, "message": check.message.to_json()} for check in promotion.checks]
    evidence = {"comparison": asdict(comparison), "checks": checks, "reason": promotion.reason.to_json()}
    return promotion, evidence


def _reject(model: Model, models: ModelRegistry, reason: Message) -> None:
    models.finish_evaluation(model.name, model.version, "rejected", {"reason": reason.to_json()})


def _with_origin(challenger: Artifact, decisions: Sequence[Decision], rules: Mapping[str, str], by: str, request: str) -> Artifact:
    """Return a challenger whose card gives the rules as configured now, which may differ from those of a batch, each gate's decision, and who asked."""
    gates = [
        {
            "dataset": decision.dataset,
            "reasons": [reason.to_json() for reason in decision.reasons],
            "runs": len(decision.runs),
            "override": asdict(decision.override) if decision.override else None,
        }
        for decision in decisions
    ]
    return replace(challenger, card={**challenger.card, "rules": dict(rules), "gates": gates, "by": by, **({"request": request} if request else {})})


def _load_champion(name: str, models: ModelRegistry) -> Artifact | None:
    """Load the champion; None where its bytes are lost, since it cannot serve."""
    try:
        return models.load(name)
    except ModelError:
        return None


def _reject_interrupted(name: str, models: ModelRegistry) -> None:
    """Reject versions whose evaluation a crash interrupted; they never served."""
    for model in models.versions(name):
        if model.state == "evaluating":
            _reject(model, models, Message.of("evaluation_interrupted"))
