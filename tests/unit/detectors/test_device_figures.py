"""The figures of a device can be taken: a processor stands in for it."""

from __future__ import annotations

import argparse
import math

import pytest
import torch

pytest.importorskip("pyod")

from benchmarks.detecting.device import figures, measure, seconds
from benchmarks.detecting.numeric_table import SCHEMA
from detectors.autoencoder.detector import Autoencoder


def test_every_figure_is_taken() -> None:
    outcome = figures(Autoencoder(SCHEMA, device="cpu", training_steps=2), rows=1_500, peer=100, repeats=1)
    assert [entry.unit for entry in outcome] == ["s", "row visits / s", "rows / s", "rows / s", "rows / s"]
    assert all("must: " in entry.against for entry in outcome)
    assert all(math.isfinite(entry.value) and entry.value > 0 and entry.ratio and entry.ratio > 0 for entry in outcome)


@pytest.mark.skipif(torch.cuda.is_available(), reason="torch finds a CUDA device")
def test_where_there_is_no_device_that_is_said_and_nothing_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure(argparse.Namespace(quick=True)) == []
    assert "no CUDA device" in capsys.readouterr().err


def test_what_warms_up_is_not_timed() -> None:
    runs: list[int] = []
    seconds(lambda: runs.append(len(runs)), "cpu", 2)
    assert len(runs) == 3
