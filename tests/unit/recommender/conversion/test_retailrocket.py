from __future__ import annotations

import numpy as np
import pytest

from benchmarks.recommending.conversion import FOLDER, examples, read
from recommender.conversion.gradient_boosting import GradientBoosting
from recommender.conversion.metrics import compute_metrics
from recommender.conversion.platt_scaling import PlattScaling

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not FOLDER.exists(), reason=f"needs the retailrocket data in {FOLDER}")]


def test_purchases_of_a_real_shop_are_told_from_views_that_come_to_nothing() -> None:
    pairs = read(np.random.default_rng(0))
    parts = np.random.default_rng(0).integers(3, size=len(pairs.users))
    evidence, learned, test = (parts == part for part in range(3))
    trees = GradientBoosting.fit(examples(pairs, evidence, learned), seed=0)
    held = examples(pairs, evidence, test)
    metrics = compute_metrics(PlattScaling(1.0, 0.0).probabilities(trees.log_odds(held.features.values)[1]), held.purchases)
    assert metrics["auc"] > 0.78
    assert 0.9 < metrics["calibration"] < 1.1
