"""Scores on another device: off by no more than a stated bound, and only counted rows can be flagged otherwise.

The same model in doubles, given features that are a rounding off, stands in for a device that computes in another order. Where torch
finds a CUDA device, that is asked as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.autoencoder.bottleneck import squared_errors
from detectors.autoencoder.detector import Autoencoder
from detectors.autoencoder.model import AutoencoderModel
from detectors.autoencoder.reconstruction import ReconstructionAutoencoder
from detectors.autoencoder.reconstruction_model import ReconstructionModel
from detectors.encoding import EncodedRows
from detectors.ensemble.detector import Ensemble
from detectors.learning.calibration import ErrorControl, Guarantee, compute_p_values
from detectors.learning.history import HistorySplit

ROUNDING = 2.0**-22  # relative: some units in the last place of a float
SCORES = st.lists(st.floats(-5, 5).map(lambda entry: round(entry, 1)), max_size=60).map(lambda entry: np.array(entry, np.float64))
cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA device")


@pytest.fixture(scope="module")
def parts(history: Any) -> HistorySplit:
    return HistorySplit(history[:6000], history[6000:8000], history[8000:])


@pytest.fixture(scope="module")
def rows(clean: pl.DataFrame, planted: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Clean and wrong ones, some of them far out, some with nulls and unknown values."""
    wild = clean[:300].with_columns(price=pl.col("price") * 1e6, country=pl.lit("nowhere"), weight=pl.lit(None, dtype=pl.Float64))
    return pl.concat([clean, wild, *(entry.cast(clean.schema) for entry in planted.values())])


@pytest.fixture(scope="module")
def model(table: Any, parts: HistorySplit) -> AutoencoderModel:
    return Autoencoder(table, training_steps=200, device="cpu").fit(parts, 0)


@pytest.fixture(scope="module")
def screened(table: Any, parts: HistorySplit) -> ReconstructionModel:
    return ReconstructionAutoencoder(table, training_steps=200, device="cpu").fit(parts, 0)


def shaken(features: torch.Tensor) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return features.double() * (1 + ROUNDING * (2 * torch.rand(features.shape, generator=generator).double() - 1))


def in_doubles(model: AutoencoderModel, rows: pl.DataFrame) -> NDArray[np.float64]:
    encoded, surprises = model.encoder.encode(rows), model.surprises
    precise = replace(surprises, network=deepcopy(surprises.network).double())
    with torch.inference_mode():
        return precise.row(EncodedRows(shaken(encoded.numbers), encoded.codes, encoded.values)).numpy()


def in_doubles_screened(model: ReconstructionModel, rows: pl.DataFrame) -> NDArray[np.float64]:
    with torch.inference_mode():
        lost = squared_errors(deepcopy(model.network).double(), shaken(model.points(rows, "cpu")))
        return (model.points.by_channel(lost) * model.weights).sum(0).log1p().numpy()


@pytest.mark.parametrize("mode", ["marginal", "conditional", "fdr"])
def test_other_arithmetic_stays_within_the_bound_and_turns_only_counted_flags(
    model: AutoencoderModel, parts: HistorySplit, rows: pl.DataFrame, mode: Guarantee
) -> None:
    one, other, calibration = model.score_rows(rows), in_doubles(model, rows), np.sort(model.score_rows(parts.calibration))
    assert 0 < np.abs(one - other).max() < model.score_tolerance / 5
    agree(one, other, calibration, ErrorControl(mode, 0.02), model.score_tolerance)


def test_a_screen_in_other_arithmetic_stays_within_its_bound(screened: ReconstructionModel, parts: HistorySplit, rows: pl.DataFrame) -> None:
    one, other, calibration = screened.score_rows(rows), in_doubles_screened(screened, rows), np.sort(screened.score_rows(parts.calibration))
    assert 0 < np.abs(one - other).max() < screened.score_tolerance / 5
    agree(one, other, calibration, ErrorControl("marginal", 0.01), screened.score_tolerance)


def test_hardly_a_row_is_counted(model: AutoencoderModel, parts: HistorySplit, rows: pl.DataFrame) -> None:
    calibration = np.sort(model.score_rows(parts.calibration))
    assert ErrorControl("marginal", 0.01).borderline(model.score_rows(rows), calibration, model.score_tolerance).mean() < 0.005


@given(SCORES, SCORES, st.sampled_from([0.0, 0.1, 0.3]), st.integers(0, 99), st.sampled_from(["marginal", "conditional", "fdr"]))
def test_only_counted_rows_can_be_flagged_otherwise(scores: Any, calibration: Any, bound: float, seed: int, mode: Guarantee) -> None:
    off = np.random.default_rng(seed).uniform(-bound, bound, len(scores))
    agree(scores, scores + off, np.sort(calibration), ErrorControl(mode, 0.2), bound)


def agree(one: NDArray[np.float64], other: NDArray[np.float64], calibration: NDArray[np.float64], control: ErrorControl, bound: float) -> None:
    first, second = (control.flag(compute_p_values(scores, calibration), len(calibration)) for scores in (one, other))
    counted = control.borderline(one, calibration, bound)
    assert not (first != second)[~counted].any()


@cuda
@pytest.mark.parametrize("kind", [Autoencoder, ReconstructionAutoencoder, Ensemble])
def test_a_cuda_device_scores_within_the_bound(table: Any, parts: HistorySplit, rows: pl.DataFrame, kind: Any) -> None:
    here = kind(table, training_steps=200, device="cpu").fit(parts, 0)
    there = kind(table, training_steps=200, device="cuda").restore(*here.pack())
    one, other, calibration = here.score_rows(rows), there.score_rows(rows), np.sort(here.score_rows(parts.calibration))
    assert np.abs(one - other).max() < here.score_tolerance
    agree(one, other, calibration, ErrorControl("marginal", 0.01), here.score_tolerance)


@cuda
def test_a_network_learns_on_a_cuda_device(table: Any, parts: HistorySplit, rows: pl.DataFrame) -> None:
    model = Autoencoder(table, training_steps=200, device="cuda").fit(parts, 0)
    assert np.isfinite(model.score_rows(rows)).all()
    assert model.partial_fit(rows, 0).rescale(rows).score_rows(rows[:9]).shape == (9,)
