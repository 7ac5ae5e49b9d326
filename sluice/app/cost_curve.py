"""What dirt costs this shop: asking for a calibration, and the newest one's curve."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from sluice import jobs
from sluice.app.app import App
from sluice.config import did_you_mean
from sluice.domain import Curve, Probe, Run
from sluice.errors import ModelError, UsageError
from sluice.jobs.calibrate import CALIBRATION, Calibrated, Calibration
from sluice.ports import Progress
from sluice.worker import cost_probes as calibrating
from sluice.worker.cost_probes import Ground


def calibrate(app: App, *, bear: float, rates: Sequence[float], batches: int, by: str, progress: Progress, kinds: Sequence[str] = ()) -> Calibrated:
    """Dirty the newest accepted batches of events in every known kind, and measure what that costs.

    Args:
        app: The shop.
        bear: The share of Recall@20 that a batch may cost.
        rates: How much of each kind is planted.
        batches: How many batches are dirtied.
        by: Who asks.
        progress: Told of each measurement.
        kinds: Which kinds; all that are known unless named.

    Raises:
        UsageError: No recommender is configured, or a kind is not known.
        ModelError: There is too little accepted data.
    """
    if app.config.recommender is None:
        raise UsageError(f"{app.path.name} configures no `recommender`; the README shows how")
    from recommender.cost_curve.isotonic import curve_of, kept

    dataset, seed = app.config.recommender.events, app.config.recommender.seed
    accepted = _accepted(app, dataset)
    ground = app.far(calibrating.chosen)(accepted, batches, app.store.snapshot().id)
    how = Calibration(
        dataset,
        ground.snapshot,
        ground.batches,
        [run.published.worst for run in accepted if run.published.worst is not None],
        _meant(kinds, app.far(calibrating.kinds)()),
        rates,
        functools.partial(_probe, app, ground, seed),
        lambda probes: (curve_of(dataset, probes, seed=seed), kept(probes)),
    )
    return jobs.calibrate(how, app.store, bear=bear, by=by, now=app.now(), progress=progress)


def _meant(kinds: Sequence[str], known: Sequence[str]) -> Sequence[str]:
    strange = [kind for kind in kinds if kind not in known]
    if strange:
        raise UsageError(f"no kind of dirt is called {strange[0]!r}{did_you_mean(strange[0], known)}")
    return kinds or known


def _probe(app: App, ground: Ground, seed: int, kind: str, rate: float) -> Probe:
    return app.far(calibrating.probed, ground)(kind, rate, seed)


def _accepted(app: App, dataset: str) -> list[Run]:
    """The open batches of the training window, the oldest first; the gate of today need not be open."""
    now, window = app.now(), app.config.datasets[dataset].gate.window
    runs = [run for run in app.store.runs.of(dataset) if run.kind == "ingest" and run.state == "published" and now - window <= run.at <= now]
    found = [run for run in runs if run.decision == "open" and run.good]
    if not found:
        raise ModelError(f"no batch of {dataset} in the training window may be learned from, so there is nothing to calibrate on")
    return found


def curve(app: App) -> Curve | None:
    """What a score costs, by the newest calibration; None where there was none."""
    serving = next((model for model in app.store.models.versions(CALIBRATION) if model.state == "champion"), None)
    return Curve.of(serving.card) if serving else None
