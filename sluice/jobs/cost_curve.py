"""Measure what data errors cost: inject faults into accepted data, and draw the curve from score to loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sluice.domain import Artifact, Curve, Message, Model, Probe, Proposal
from sluice.ports import CostProber, ModelStore, Progress
from sluice.rules import propose

COST_CURVE = "calibration"  # name of the registered model
NO_FAULT = "nothing"  # kind of the probe that gives the score of clean batches


@dataclass(frozen=True, slots=True)
class CostStudy:
    """Report what was measured: the probes, the curve, the limit that follows from it, and the stored version."""

    probes: tuple[Probe, ...]
    curve: Curve
    proposal: Proposal
    model: Model


@dataclass(frozen=True, slots=True)
class CostStudySetup:
    """Configure the measurement.

    Attributes:
        dataset: Name of the dataset whose batches get faults.
        basis: Id of the snapshot that they are read from.
        batches: Ids of their runs.
        accepted_scores: Worst dimension of each accepted batch.
        kinds: Kinds of faults.
        rates: Shares of the eligible rows that get each fault.
        seed: Seed of the injected faults.
        of_worker: What the worker chose, handed back to it.
    """

    dataset: str
    basis: str
    batches: tuple[str, ...]
    accepted_scores: Sequence[float]
    kinds: Sequence[str]
    rates: Sequence[float]
    seed: int = 0
    of_worker: Any = None


def measure_costs(
    setup: CostStudySetup, store: ModelStore, worker: CostProber, *, max_recall_loss: float, by: str, now: datetime, progress: Progress
) -> CostStudy:
    """Inject each kind of fault at each rate into accepted data, draw score against loss, and propose the gate's limit.

    Args:
        setup: Batches, kinds and rates.
        store: Where the curve is saved, as a version of the model `calibration`.
        worker: Injects and measures.
        max_recall_loss: Share of Recall@20 that a batch may cost.
        by: Who requests it.
        now: Time with which the curve is dated.
        progress: Called after each probe.

    Raises:
        ModelError: There is too little accepted data.
    """
    plan = [(NO_FAULT, 0.0), *((kind, rate) for kind in setup.kinds for rate in setup.rates)]
    probes: list[Probe] = []
    for kind, rate in plan:
        probes.append(worker.measure(setup.of_worker, kind, rate, setup.seed))
        progress(Message.of("step_injecting"), len(probes), len(plan))
    curve, content = worker.draw_curve(setup.dataset, probes, setup.seed)
    proposal = propose(curve, probes, setup.accepted_scores, max_recall_loss)
    model = store.models.save(COST_CURVE, Artifact(content, _card(setup, probes, curve, proposal)), "champion", at=now)
    reason = Message.of("cost_limit", max_recall_loss=max_recall_loss, minimum=proposal.minimum)
    store.activity.log(who=by, what="cost curve", subject=f"{COST_CURVE} {model.version}", reason=reason, at=now)
    return CostStudy(tuple(probes), curve, proposal, model)


def _card(setup: CostStudySetup, probes: Sequence[Probe], curve: Curve, proposal: Proposal) -> dict[str, object]:
    measured = {"probes": [asdict(probe) for probe in probes], "curve": asdict(curve), "proposal": asdict(proposal)}
    return {"kind": "co-occurrence", "basis": setup.basis, "batches": list(setup.batches), "rows": len(probes), **measured}
