"""Measure what data errors cost this shop, and read the newest cost curve."""

from __future__ import annotations

from collections.abc import Sequence

from sluice import jobs, rules
from sluice.app.app import App
from sluice.config import did_you_mean
from sluice.domain import Curve, Run
from sluice.errors import ModelError, UsageError
from sluice.jobs.cost_curve import COST_CURVE, CostStudy, CostStudySetup
from sluice.messages import make_error
from sluice.ports import Progress
from sluice.wiring.recommender import settings_of


def measure_cost_curve(
    app: App, *, max_recall_loss: float, rates: Sequence[float], batches: int, by: str, progress: Progress, kinds: Sequence[str] = ()
) -> CostStudy:
    """Inject every kind of fault into the newest accepted batches of events, and measure the loss of Recall@20.

    Args:
        app: The application.
        max_recall_loss: Share of Recall@20 that a batch may cost.
        rates: Shares of the eligible rows that get each fault.
        batches: Number of batches.
        by: Who requests it.
        progress: Called after each measurement.
        kinds: Kinds of faults; empty means all.

    Raises:
        UsageError: No recommender is configured, or there is no such kind.
        ModelError: There is too little accepted data.
    """
    settings = settings_of(app.config)
    accepted = _accepted(app, settings.events)
    setup = app.worker.choose_batches(accepted, batches, app.store.snapshot().id)
    study = CostStudySetup(
        settings.events,
        setup.snapshot,
        setup.batches,
        [run.published.worst for run in accepted if run.published.worst is not None],
        _valid_kinds(kinds, app.worker.fault_kinds()),
        rates,
        settings.seed,
        setup,
    )
    return jobs.measure_costs(study, app.store, app.worker, max_recall_loss=max_recall_loss, by=by, now=app.now(), progress=progress)


def newest_cost_curve(app: App) -> Curve | None:
    """Return the newest cost curve; None where none was measured."""
    serving = next((model for model in app.store.models.versions(COST_CURVE) if model.state == "champion"), None)
    return Curve.of(serving.card) if serving else None


def _valid_kinds(kinds: Sequence[str], available: Sequence[str]) -> Sequence[str]:
    unknown = [kind for kind in kinds if kind not in available]
    if unknown:
        raise make_error(UsageError, "no_such_fault", name=unknown[0], hint=did_you_mean(unknown[0], available))
    return kinds or available


def _accepted(app: App, dataset: str) -> list[Run]:
    """List the open batches of the training window, the oldest first; today's gate need not be open."""
    now, settings = app.now(), app.config.datasets[dataset]
    runs = [run for run in rules.revised(app.store.runs.of(dataset)) if run.kind == "ingest" and run.state == "published"]
    end = rules.window_end(runs, now, settings.every)
    accepted = [run for run in runs if run.decision == "open" and run.good and rules.in_window(run.at, end, settings.gate.window, settings.every)]
    if not accepted:
        raise make_error(ModelError, "curve_without_batches", dataset=dataset)
    return accepted
