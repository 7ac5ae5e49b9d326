import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from recommender.conversion.metrics import compute_metrics, expected_calibration_error, log_loss, roc_auc
from recommender.conversion.platt_scaling import cross_calibrate, fit_platt_scaling


def test_measures_by_hand() -> None:
    probabilities, came = np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])
    assert roc_auc(probabilities, came) == pytest.approx(0.75)
    assert log_loss(probabilities, came) == pytest.approx(-np.mean(np.log([0.9, 0.6, 0.35, 0.8])))
    assert compute_metrics(probabilities, came)["calibration"] == pytest.approx(1.65 / 2)


def test_equal_scores_order_nothing() -> None:
    assert roc_auc(np.ones(10), np.arange(10) < 3) == pytest.approx(0.5)


def test_a_share_that_is_expected_has_no_error() -> None:
    came = np.arange(1000) % 4 == 0
    assert expected_calibration_error(np.full(1000, 0.25), came) == pytest.approx(0, abs=1e-9)
    assert expected_calibration_error(np.full(1000, 0.5), came) == pytest.approx(0.25)


@settings(max_examples=20)
@given(st.floats(0.4, 2.5), st.floats(-2, 2))
def test_bent_log_odds_are_straightened(slope: float, shift: float) -> None:
    rng = np.random.default_rng(0)
    true = rng.uniform(0.02, 0.9, 5_000)
    came = rng.random(len(true)) < true
    raw = ((logit(true) - shift) / slope).astype(np.float32)
    probabilities = fit_platt_scaling(raw, came).probabilities(raw)
    assert np.abs(probabilities - true).mean() < 0.03
    assert compute_metrics(cross_calibrate(raw, came), came)["calibration"] == pytest.approx(1, abs=0.08)


def test_few_labels_leave_the_scores_nearly_as_they_are() -> None:
    raw = np.array([-2.0, -1.0], np.float32)
    assert np.abs(fit_platt_scaling(raw, np.array([False, False])).probabilities(raw) - expit(raw)).max() < 0.05
