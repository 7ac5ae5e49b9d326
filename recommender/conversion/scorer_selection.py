"""Compare network and trees on the newest impressions; the better one serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recommender.conversion.metrics import compute_metrics, log_losses
from recommender.conversion.model import SCORERS
from recommender.conversion.platt_scaling import PlattScaling, cross_calibrate, fit_platt_scaling
from recommender.conversion.scorer import Examples, Scorer
from recommender.data.sequences import Floats
from recommender.data.training_data import MetricLogger, discard_metric

SELECTION_METRIC = "log_loss"


@dataclass(frozen=True, slots=True, eq=False)
class ScorerSelection:
    """Hold the best scorer.

    Attributes:
        kind: Its name.
        calibrations: Of clicks and of purchases.
        metrics: Validation metrics of all scorers.
        scorer: The best one, fitted without the validation data.
        losses: Log loss of purchases of each validation example, calibrated on the other half; shape (n,).
    """

    kind: str
    calibrations: tuple[PlattScaling, PlattScaling]
    metrics: Mapping[str, Mapping[str, Mapping[str, float]]]
    scorer: Scorer
    losses: Floats

    def mean_loss(self, examples: Examples) -> float:
        """Return the mean log loss of purchases of the validation examples, or of others with their outcomes."""
        return float(log_losses(self.calibrations[1].probabilities(self.scorer.log_odds(examples.features.values)[1]), examples.purchases).mean())


def select_scorer(training: Examples, validation: Examples, *, seed: int, log_metric: MetricLogger = discard_metric) -> ScorerSelection:
    """Train every scorer, calibrate and compare them on unseen examples.

    The best one has the lowest log loss of purchases; calibration is cross-validated on two halves.

    Args:
        training: To learn from.
        validation: To calibrate and compare on.
        seed: Of all random draws.
        log_metric: Receives the losses.
    """
    fitted = {name: kind.fit(training, seed=seed, log_metric=log_metric) for name, kind in SCORERS.items()}
    raw = {name: scorer.log_odds(validation.features.values) for name, scorer in fitted.items()}
    outcomes = {"click": validation.clicks, "purchase": validation.purchases}
    metrics = {
        name: {outcome: compute_metrics(cross_calibrate(odds, labels), labels) for odds, (outcome, labels) in zip(both, outcomes.items(), strict=True)}
        for name, both in raw.items()
    }
    kind = min(metrics, key=lambda name: metrics[name]["purchase"][SELECTION_METRIC])
    click, purchase = (fit_platt_scaling(odds, labels) for odds, labels in zip(raw[kind], outcomes.values(), strict=True))
    losses = log_losses(cross_calibrate(raw[kind][1], validation.purchases), validation.purchases)
    return ScorerSelection(kind, (click, purchase), metrics, fitted[kind], losses)
