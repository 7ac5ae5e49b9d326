"""Measures what dirt costs: dirties accepted data in every known kind, and draws the curve from score to loss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sluice.domain import Artifact, Curve, Message, Model, Probe, Proposal
from sluice.ports import Progress, Store
from sluice.rules import propose

CALIBRATION = "calibration"
NOTHING = "nothing"  # is planted: what clean batches score


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What was measured, the curve, and the limit that follows from it."""

    probes: tuple[Probe, ...]
    curve: Curve
    proposal: Proposal
    model: Model


@dataclass(frozen=True, slots=True)
class Calibration:
    """How it is measured, in the child process.

    Attributes:
        dataset: Whose batches are dirtied.
        basis: The snapshot that they are read from.
        batches: Their runs.
        usual: The worst dimension of each accepted batch.
        kinds: The kinds of dirt.
        rates: How much of each.
        probe: Dirties the batches with so much of one kind, and measures.
        draw: The curve of the probes, with what is to be kept of them as safetensors.
    """

    dataset: str
    basis: str
    batches: tuple[str, ...]
    usual: Sequence[float]
    kinds: Sequence[str]
    rates: Sequence[float]
    probe: Callable[[str, float], Probe]
    draw: Callable[[Sequence[Probe]], tuple[Curve, bytes]]


def calibrate(how: Calibration, store: Store, *, bear: float, by: str, now: datetime, progress: Progress) -> Calibrated:
    """Dirty accepted data in each kind at each rate, draw score against loss, and propose the gate's limit.

    Args:
        how: How it is measured.
        store: Where the curve is kept, as a version of the line `calibration`.
        bear: The share of Recall@20 that a batch may cost.
        by: Who asks.
        now: When it is said to be made.
        progress: Told of each probe.

    Raises:
        ModelError: There is too little accepted data.
    """
    asked = [(NOTHING, 0.0), *((kind, rate) for kind in how.kinds for rate in how.rates)]
    probes: list[Probe] = []
    for kind, rate in asked:
        probes.append(how.probe(kind, rate))
        progress("dirtying accepted batches", len(probes), len(asked))
    curve, content = how.draw(probes)
    proposal = propose(curve, probes, how.usual, bear)
    model = store.models.save(CALIBRATION, Artifact(content, _card(how, probes, curve, proposal)), "champion", at=now)
    store.activity.log(
        who=by,
        what="calibrate",
        subject=f"{CALIBRATION} {model.version}",
        reason=Message.of("cost_limit", max_recall_loss=bear, minimum=proposal.minimum),
        at=now,
    )
    return Calibrated(tuple(probes), curve, proposal, model)


def _card(how: Calibration, probes: Sequence[Probe], curve: Curve, proposal: Proposal) -> dict[str, object]:
    told = {"probes": [asdict(probe) for probe in probes], "curve": asdict(curve), "proposal": asdict(proposal)}
    return {"kind": "co-occurrence", "basis": how.basis, "batches": list(how.batches), "rows": len(probes), **told}
