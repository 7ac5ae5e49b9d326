"""Measure what data errors cost: inject faults into accepted batches, judge them as arrivals, and learn from what would be published."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mean

import polars as pl

from recommender.cost_curve.faults import EventFault, available_faults
from recommender.cost_curve.isotonic import fit_cost_curve, serialize_probes
from recommender.cost_curve.proxy import Proxy
from recommender.data.interactions import load_interactions, parse_interactions
from recommender.evaluation.holdout import find_cutoff
from recommender.evaluation.trusted_holdout import TrustedHoldout, renew_trusted_holdout
from sluice.domain import ACTION, RUN, Batch, Curve, Outcome, Probe, Run
from sluice.errors import ModelError
from sluice.messages import make_error
from sluice.pipeline import evaluate
from sluice.ports import Snapshot
from sluice.store.run_record import RunRecord, decide_record
from sluice.wiring.recommender import RECOMMENDER, settings_of
from sluice.worker.session import open_session, steps_of


@dataclass(frozen=True, slots=True)
class ProbeSetup:
    """Name the batches that get faults and the hold-out on which costs are measured; small enough to cross a process boundary.

    Attributes:
        snapshot: Id of the snapshot from which the batches are read.
        batches: Ids of their runs.
        trusted: The hold-out.
    """

    snapshot: str
    batches: tuple[str, ...]
    trusted: TrustedHoldout


def choose_batches(path: str, accepted: Sequence[Run], count: int, snapshot_id: str) -> ProbeSetup:
    """Choose the newest batches before the trusted hold-out, which is the champion's, or else newly cut.

    Args:
        path: Path of sluice.yaml.
        accepted: The open batches, the oldest first.
        count: Number of batches.
        snapshot_id: Id of the snapshot from which they are read.

    Raises:
        ModelError: No batch lies before the hold-out.
    """
    config, store = open_session(path)
    settings = settings_of(config)
    snapshot, runs = store.snapshot(snapshot_id), tuple(run.id for run in accepted)
    champion = next((model for model in store.models.versions(RECOMMENDER) if model.state == "champion"), None)
    trusted = TrustedHoldout.from_card(champion.card) if champion else None
    if trusted is None:
        cut = find_cutoff(load_interactions(snapshot, settings, runs), settings.holdout, accepted[-1].at)
        trusted = renew_trusted_holdout(None, cut, snapshot, runs, settings) if cut else None
    before = [run.id for run in accepted if trusted and run.at <= trusted.cutoff]
    if trusted is None or not before:
        raise make_error(ModelError, "holdout_without_history")
    return ProbeSetup(snapshot_id, tuple(before[-count:]), trusted)


def fault_kinds(path: str) -> list[str]:
    """List the kinds of faults that can be injected into the shop's events."""
    return [fault.kind for fault in _faults(path)]


def measure(path: str, setup: ProbeSetup, kind: str, rate: float, seed: int) -> Probe:
    """Inject a fault into every batch, and measure the score, the gate's decision and the loss of Recall.

    Args:
        path: Path of sluice.yaml.
        setup: The batches and the hold-out.
        kind: Kind of fault.
        rate: Share of the eligible rows that get the fault; 0 injects nothing.
        seed: Seed of the draws.

    Raises:
        ModelError: There is too little accepted data.
    """
    fault = next(fault for fault in _faults(path) if fault.kind == kind) if rate else None
    proxy = _proxy(path, setup)
    batches = _batches(path, setup)
    arrived = [replace(batch, rows=fault.inject(batch.rows, rate, _seed(seed, kind, batch.id))) if fault else batch for batch in batches]
    outcomes = [_evaluate_as_new(path, setup, batch) for batch in arrived]
    cost = proxy.cost(_interactions(path, [outcome.split.good.rows for outcome in outcomes]))
    raw = proxy.cost(_interactions(path, [batch.rows for batch in arrived]))
    score = mean(outcome.published.worst or 0.0 for outcome in outcomes)
    return Probe(kind, rate, score, all(_is_open(path, outcome) for outcome in outcomes), cost.share, cost.low, cost.high, raw.share)


def draw_curve(dataset: str, probes: Sequence[Probe], seed: int) -> tuple[Curve, bytes]:
    """Draw the curve from score to cost; return it with the measurements as safetensors."""
    return fit_cost_curve(dataset, probes, seed=seed), serialize_probes(probes)


def _seed(seed: int, kind: str, batch: str) -> int:
    """Derive a seed of its own for each batch and kind."""
    return zlib.crc32(f"{seed} {kind} {batch}".encode())


def _faults(path: str) -> list[EventFault]:
    config = open_session(path)[0]
    settings = settings_of(config)
    return available_faults(settings, config.datasets[settings.events].schema_of(settings.events))


@functools.lru_cache(maxsize=1)
def _batches(path: str, setup: ProbeSetup) -> Sequence[Batch]:
    """Read the accepted batches as they were published."""
    config, store = open_session(path)
    dataset, snapshot = settings_of(config).events, store.snapshot(setup.snapshot)
    times = {run.id: run.at for run in snapshot.runs(dataset)}
    rows = snapshot.published(dataset).filter(pl.col(RUN).is_in(setup.batches)).collect()
    return [Batch(dataset, batch, rows.filter(pl.col(RUN) == batch).drop(RUN, ACTION), times[batch]) for batch in setup.batches]


@functools.lru_cache(maxsize=1)
def _proxy(path: str, setup: ProbeSetup) -> Proxy:
    """Train the proxy model on what is published of the batches without faults."""
    config, store = open_session(path)
    holdout = setup.trusted.load(store.snapshot(setup.trusted.snapshot_id), settings_of(config))
    clean = [_evaluate_as_new(path, setup, batch).split.good.rows for batch in _batches(path, setup)]
    return Proxy.fit(_interactions(path, clean), holdout)


def _evaluate_as_new(path: str, setup: ProbeSetup, batch: Batch) -> Outcome:
    """Evaluate a batch as if it had not been published."""
    config, store = open_session(path)
    snapshot: Snapshot = store.snapshot(setup.snapshot).without(batch.id)
    return evaluate(batch, steps_of(path, batch.dataset).steps, snapshot, weights=config.datasets[batch.dataset].gate.weights)


def _is_open(path: str, outcome: Outcome) -> bool:
    policy = open_session(path)[0].datasets[outcome.split.good.dataset].gate.policy()
    return decide_record(RunRecord.of(outcome, ""), policy)[0] == "open"


def _interactions(path: str, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Read interactions of users and items from rows of events."""
    settings = settings_of(open_session(path)[0])
    rows = [frame if ACTION in frame.columns else frame.with_columns(pl.lit("keep").alias(ACTION)) for frame in frames]
    return parse_interactions(pl.concat(rows, how="diagonal").lazy(), settings)
