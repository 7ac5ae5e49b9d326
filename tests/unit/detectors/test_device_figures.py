"""The figures of a device can be taken: a processor stands in for it."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("pyod")

from benchmarks.detecting.device import figures
from benchmarks.detecting.speed import SCHEMA
from detectors.autoencoder.detector import Autoencoder


def test_every_figure_is_taken() -> None:
    told = figures(Autoencoder(SCHEMA, device="cpu", steps=2), rows=1_500, peer=100, repeats=1)
    assert [each.unit for each in told] == ["s", "row visits / s", "rows / s", "rows / s"]
    assert all(math.isfinite(each.value) and each.value > 0 and each.ratio and each.ratio > 0 for each in told)
