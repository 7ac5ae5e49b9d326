import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from recommender.conversion.metrics import compute_metrics, expected_calibration_error, log_loss
from recommender.conversion.platt_scaling import cross_calibrate, fit_platt_scaling
from sluice.rules.ranking import roc_auc


def test_metrics_equal_values_computed_by_hand() -> None:
    probabilities, labels = np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])
    assert compute_metrics(probabilities, labels)["auc"] == pytest.approx(0.75)
    assert log_loss(probabilities, labels) == pytest.approx(-np.mean(np.log([0.9, 0.6, 0.35, 0.8])))
    assert compute_metrics(probabilities, labels)["calibration"] == pytest.approx(1.65 / 2)


def test_equal_scores_have_an_auc_of_a_half() -> None:
    assert roc_auc(np.ones(7), np.ones(3)) == pytest.approx(0.5)


def test_expected_frequencies_have_no_calibration_error() -> None:
    labels = np.arange(1000) % 4 == 0
    assert expected_calibration_error(np.full(1000, 0.25), labels) == pytest.approx(0, abs=1e-9)
    assert expected_calibration_error(np.full(1000, 0.5), labels) == pytest.approx(0.25)


@settings(max_examples=20)
@given(st.floats(0.4, 2.5), st.floats(-2, 2))
def test_distorted_log_odds_are_calibrated(slope: float, shift: float) -> None:
    rng = np.random.default_rng(0)
    true = rng.uniform(0.02, 0.9, 5_000)
    labels = rng.random(len(true)) < true
    raw = ((logit(true) - shift) / slope).astype(np.float32)
    probabilities = fit_platt_scaling(raw, labels).probabilities(raw)
    assert np.abs(probabilities - true).mean() < 0.03
    assert compute_metrics(cross_calibrate(raw, labels), labels)["calibration"] == pytest.approx(1, abs=0.08)


def test_few_labels_change_the_scores_little() -> None:
    raw = np.array([-2.0, -1.0], np.float32)
    assert np.abs(fit_platt_scaling(raw, np.array([False, False])).probabilities(raw) - expit(raw)).max() < 0.05
