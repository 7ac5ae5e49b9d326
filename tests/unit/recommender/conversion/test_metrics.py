import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from recommender.conversion.metrics import auc, calibration_error, log_loss, measured
from recommender.conversion.platt_scaling import calibrated, crosswise


def test_measures_by_hand() -> None:
    chances, came = np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])
    assert auc(chances, came) == pytest.approx(0.75)
    assert log_loss(chances, came) == pytest.approx(-np.mean(np.log([0.9, 0.6, 0.35, 0.8])))
    assert measured(chances, came)["calibration"] == pytest.approx(1.65 / 2)


def test_equal_scores_order_nothing() -> None:
    assert auc(np.ones(10), np.arange(10) < 3) == pytest.approx(0.5)


def test_a_share_that_is_expected_has_no_error() -> None:
    came = np.arange(1000) % 4 == 0
    assert calibration_error(np.full(1000, 0.25), came) == pytest.approx(0, abs=1e-9)
    assert calibration_error(np.full(1000, 0.5), came) == pytest.approx(0.25)


@settings(max_examples=20)
@given(st.floats(0.4, 2.5), st.floats(-2, 2))
def test_bent_log_odds_are_straightened(slope: float, shift: float) -> None:
    rng = np.random.default_rng(0)
    true = rng.uniform(0.02, 0.9, 5_000)
    came = rng.random(len(true)) < true
    raw = ((logit(true) - shift) / slope).astype(np.float32)
    chances = calibrated(raw, came).chances(raw)
    assert np.abs(chances - true).mean() < 0.03
    assert measured(crosswise(raw, came), came)["calibration"] == pytest.approx(1, abs=0.08)


def test_few_labels_leave_the_scores_nearly_as_they_are() -> None:
    raw = np.array([-2.0, -1.0], np.float32)
    assert np.abs(calibrated(raw, np.array([False, False])).chances(raw) - expit(raw)).max() < 0.05
