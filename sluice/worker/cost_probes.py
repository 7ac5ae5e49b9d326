"""What `sluice calibrate` does in the child process: dirties accepted batches, asks the gate of them, and learns from what it would publish."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mean

import polars as pl

from recommender.cost_curve.faults import Fault, faults
from recommender.cost_curve.proxy import Proxy
from recommender.data.interactions import load_interactions, parse_interactions
from recommender.evaluation.holdout import find_cutoff
from recommender.evaluation.trusted_holdout import TrustedHoldout, renew_trusted_holdout
from sluice.domain import ACTION, RUN, Batch, Outcome, Probe, Run
from sluice.errors import ModelError
from sluice.pipeline import evaluate
from sluice.ports import Snapshot
from sluice.store.run_record import RunRecord, decided
from sluice.wiring.recommender import RECOMMENDER, settings_of
from sluice.worker.tasks import opened, steps


@dataclass(frozen=True, slots=True)
class Ground:
    """What is dirtied, and what is measured on: small enough to cross a process boundary.

    Attributes:
        snapshot: Where the batches are read.
        batches: The ids of their runs.
        trusted: The hold-out.
    """

    snapshot: str
    batches: tuple[str, ...]
    trusted: TrustedHoldout


def chosen(path: str, accepted: Sequence[Run], count: int, snapshot_id: str) -> Ground:
    """Which batches are dirtied: the newest that lie before the trusted hold-out, which is the champion's, or else newly cut.

    Args:
        path: Of sluice.yaml.
        accepted: The open batches, the oldest first.
        count: How many.
        snapshot_id: Where they are read.

    Raises:
        ModelError: No batch lies before the hold-out.
    """
    config, store = opened(path)
    settings = settings_of(config)
    snapshot, runs = store.snapshot(snapshot_id), tuple(run.id for run in accepted)
    champion = next((model for model in store.models.versions(RECOMMENDER) if model.state == "champion"), None)
    trusted = TrustedHoldout.of(champion.card) if champion else None
    if trusted is None:
        cut = find_cutoff(load_interactions(snapshot, settings, runs), settings.holdout, accepted[-1].at)
        trusted = renew_trusted_holdout(None, cut, snapshot, runs, settings) if cut else None
    before = [run.id for run in accepted if trusted and run.at <= trusted.cut]
    if trusted is None or not before:
        raise ModelError("no accepted batch lies before the hold-out; wait for more batches, or shorten `holdout` in sluice.yaml")
    return Ground(snapshot_id, tuple(before[-count:]), trusted)


def kinds(path: str) -> list[str]:
    """Which kinds of dirt can be planted into the shop's events."""
    return [fault.kind for fault in _faults(path)]


def probed(path: str, ground: Ground, kind: str, rate: float, seed: int) -> Probe:
    """Dirty every batch, and tell what the gate says of them and what learning from them costs.

    Raises:
        ModelError: There is too little accepted data.
    """
    fault = next(fault for fault in _faults(path) if fault.kind == kind) if rate else None
    proxy = _proxy(path, ground)
    arrived = [replace(batch, rows=fault.inject(batch.rows, rate, _seed(seed, kind, batch.id))) if fault else batch for batch in _batches(path, ground)]
    outcomes = [_evaluated(path, ground, batch) for batch in arrived]
    cost, raw = (proxy.cost(_interactions(path, frames)) for frames in ([each.split.good.rows for each in outcomes], [each.rows for each in arrived]))
    score = mean(outcome.published.worst or 0.0 for outcome in outcomes)
    let = all(_open(path, outcome) for outcome in outcomes)
    return Probe(kind, rate, score, let, cost.share, cost.low, cost.high, raw.share)


def _seed(seed: int, kind: str, batch: str) -> int:
    """Every batch and kind is dirtied by draws of its own."""
    return zlib.crc32(f"{seed} {kind} {batch}".encode())


def _faults(path: str) -> list[Fault]:
    config = opened(path)[0]
    settings = settings_of(config)
    return faults(settings, config.datasets[settings.events].schema_of(settings.events))


@functools.lru_cache(maxsize=1)
def _batches(path: str, ground: Ground) -> Sequence[Batch]:
    """The accepted batches as they were published."""
    config, store = opened(path)
    settings = settings_of(config)
    dataset, snapshot = settings.events, store.snapshot(ground.snapshot)
    times = {run.id: run.at for run in snapshot.runs(dataset)}
    rows = snapshot.published(dataset).filter(pl.col(RUN).is_in(ground.batches)).collect()
    return [Batch(dataset, batch, rows.filter(pl.col(RUN) == batch).drop(RUN, ACTION), times[batch]) for batch in ground.batches]


@functools.lru_cache(maxsize=1)
def _proxy(path: str, ground: Ground) -> Proxy:
    """The clean proxy: learned from what comes of the batches where nothing is planted."""
    config, store = opened(path)
    settings = settings_of(config)
    held = ground.trusted.held(store.snapshot(ground.trusted.basis), settings)
    clean = [_evaluated(path, ground, batch).split.good.rows for batch in _batches(path, ground)]
    return Proxy.of(_interactions(path, clean), held)


def _evaluated(path: str, ground: Ground, batch: Batch) -> Outcome:
    """What would be published of a batch, were it not known yet."""
    config, store = opened(path)
    snapshot: Snapshot = store.snapshot(ground.snapshot).without(batch.id)
    return evaluate(batch, steps(path, batch.dataset), snapshot, weights=config.datasets[batch.dataset].gate.weights)


def _open(path: str, outcome: Outcome) -> bool:
    policy = opened(path)[0].datasets[outcome.split.good.dataset].gate.policy()
    return decided(RunRecord.of(outcome, ""), policy)[0] == "open"


def _interactions(path: str, frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """All that the rows tell of who met what."""
    settings = settings_of(opened(path)[0])
    named = [frame if ACTION in frame.columns else frame.with_columns(pl.lit("keep").alias(ACTION)) for frame in frames]
    return parse_interactions(pl.concat(named, how="diagonal").lazy(), settings)
