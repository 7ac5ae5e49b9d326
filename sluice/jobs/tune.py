"""Tune settings of the recommender within a budget of time: trial after trial, on the rows that open gates pin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.domain import EMPTY, Artifact, Decision, Message, Model, TuningResult, TuningTrial
from sluice.ports import Progress, RetrainingStore, TrialRunner

TUNING = "tuning"  # name of the registered model


@dataclass(frozen=True, slots=True)
class Tuned:
    """Report a tuning.

    Attributes:
        result: What was found; None where a gate is not open.
        earlier: Number of trials that earlier calls made.
        model: The version that holds it.
        reason: Why nothing was tried.
        closed: Whether a gate is closed, and not unknown, for that reason.
    """

    result: TuningResult | None = None
    earlier: int = 0
    model: Model | None = None
    reason: Message = EMPTY
    closed: bool = False


@dataclass(frozen=True, slots=True)
class TuningBudget:
    """Limit a tuning.

    Attributes:
        seconds: Seconds in which trials begin and end; the one with the present settings is made whatever time it takes.
        clock: Returns seconds that only grow.
        on_trial: Called with each trial.
        progress: Called while the data are read.
        log_dir: Folder for TensorBoard; None logs nothing.
    """

    seconds: float
    clock: Callable[[], float]
    on_trial: Callable[[TuningTrial], None]
    progress: Progress
    log_dir: str | None = None


def tune(
    name: str,
    reads: Sequence[str],
    store: RetrainingStore,
    gate: Callable[[str], Decision],
    worker: TrialRunner,
    budget: TuningBudget,
    *,
    by: str,
    now: datetime,
) -> Tuned:
    """Make trials until the time is over, and save what was found; the serving model stays as it is.

    Args:
        name: Name of the model whose settings are tuned.
        reads: Datasets that it learns from.
        store: Where the result is saved, as a version of the model `tuning`.
        gate: Computes a dataset's decision.
        worker: Makes the trials.
        budget: Time, and who is told of trials.
        by: Who requests it.
        now: Time with which the result is dated.

    Raises:
        ModelError: There is too little to learn from, or no model has a setting that is tuned.
        LeaseHeld: Another process tunes.
    """
    end = budget.clock() + budget.seconds
    decisions = tuple(gate(dataset) for dataset in reads)
    closed = [decision for decision in decisions if not decision.open]
    if closed:
        reason = Message.join(Message.of("gate_not_open", dataset=one.dataset, state=one.state, reasons=one.reasons) for one in closed)
        return Tuned(reason=reason, closed=any(one.state == "closed" for one in closed))
    with store.lease(f"{TUNING}.{name}"):
        setup, earlier = worker.prepare_tuning(decisions, budget.progress)
        while (trial := worker.run_trial(setup, end - budget.clock())) is not None:
            budget.on_trial(trial)
        result, content = worker.conclude_tuning(setup, budget.log_dir)
        model = store.models.save(TUNING, Artifact(content, {**result.to_card(), "of": name, "basis": decisions[0].snapshot}), "champion", at=now)
        outcome = Message.of("tuning_outcome", trials=len(result.trials))
        store.activity.log(who=by, what="tune", subject=f"{TUNING} {model.version}", reason=outcome, at=now)
    return Tuned(result, len(earlier), model)
