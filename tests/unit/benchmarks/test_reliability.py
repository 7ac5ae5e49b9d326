"""Probabilities of repairs beside how often these are right."""

from __future__ import annotations

import pytest

from benchmarks.other_cells.reliability import Bin, calibration_error, reliability


def test_probabilities_that_hold_have_no_error() -> None:
    bins = reliability([(0.75, True)] * 3 + [(0.75, False)] + [(1.0, True)] * 4)
    assert bins == [Bin(4, 0.75, 0.75), Bin(4, 1.0, 1.0)]
    assert calibration_error(bins) == 0


def test_the_error_weighs_bins_by_their_repairs() -> None:
    assert calibration_error(reliability([(0.95, False)] * 3 + [(0.15, False)])) == pytest.approx((3 * 0.95 + 0.15) / 4)
    assert calibration_error([]) == 0
