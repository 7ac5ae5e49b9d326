from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from detectors.autoencoder import radial_basis
from detectors.autoencoder.bottleneck import TILE, Bottleneck, map_feature_tiles, squared_errors
from detectors.autoencoder.reconstruction import ReconstructionAutoencoder
from detectors.autoencoder.reconstruction_model import ReconstructionModel
from detectors.learning.history import HistorySplit
from sluice.domain import ROW, Schema


@pytest.fixture(scope="module", params=["plain", "radial"])
def model(request: pytest.FixtureRequest, table: Schema, history: pl.DataFrame) -> ReconstructionModel:
    return ReconstructionAutoencoder(table, architecture=request.param, device="cpu").fit(HistorySplit.from_rows(history), 0)


def test_spoilt_rows_score_above_clean_ones(model: ReconstructionModel, clean: pl.DataFrame, planted: Mapping[str, pl.DataFrame]) -> None:
    typical = model.score_rows(clean)
    for column in ("price", "quantity", "total", "weight"):
        assert (model.score_rows(planted[column])[:, None] > typical).mean() > 0.9, column


def test_a_number_out_of_place_is_blamed_and_what_was_expected_is_told(model: ReconstructionModel, planted: Mapping[str, pl.DataFrame]) -> None:
    outcome = model.explain(planted["weight"])
    assert np.mean(outcome["columns"].list.first().to_numpy() == "weight") > 0.9
    assert outcome["expected"].cast(pl.Float64).is_not_null().all()


def test_every_cell_is_told(model: ReconstructionModel, clean: pl.DataFrame) -> None:
    cells = model.explain_cells(clean.head(50))
    assert cells.columns == [ROW, "column", "surprise", "expected"]
    assert cells.height == 50 * len(model.points.encoder.columns)
    assert (cells["surprise"].to_numpy() >= 0).all()
    expected = cells.filter(pl.col("column") == "currency")["expected"].to_numpy()
    assert np.mean(expected == clean.head(50)["currency"].to_numpy()) > 0.8


def test_a_null_and_a_value_never_seen_are_not_strange_by_themselves(model: ReconstructionModel, clean: pl.DataFrame) -> None:
    limit = np.quantile(model.score_rows(clean), 0.99)
    for changed in (pl.lit("brand new").alias("category"), pl.lit(None, dtype=pl.Float64).alias("price")):
        assert (model.score_rows(clean.with_columns(changed)) > limit).mean() < 0.05


def test_a_row_is_a_point_of_a_picture(model: ReconstructionModel, clean: pl.DataFrame) -> None:
    points = model.project(clean.head(40))
    assert points.shape == (40, 2)
    assert np.array_equal(model.project(clean[7:8]), points[7:8])


def test_learning_on_leaves_the_old_model_as_it_was_and_fits_the_new_rows(model: ReconstructionModel, clean: pl.DataFrame) -> None:
    shifted, before = clean.with_columns(pl.col("weight") * 3), model.score_rows(clean)
    renewed = model.partial_fit(shifted, 1)
    assert np.array_equal(model.score_rows(clean), before)
    assert renewed.score_rows(shifted).mean() < model.score_rows(shifted).mean()
    assert renewed.partial_fit(shifted.clear(), 1) is renewed
    assert renewed.rescale(shifted).score_rows(shifted).mean() != renewed.score_rows(shifted).mean()


def test_what_was_packed_is_the_same_to_the_last_bit(model: ReconstructionModel, table: Schema, clean: pl.DataFrame) -> None:
    again = ReconstructionAutoencoder(table, device="cpu").restore(*model.pack())
    assert np.array_equal(again.score_rows(clean), model.score_rows(clean))
    assert again.explain_cells(clean).equals(model.explain_cells(clean))
    assert np.array_equal(again.project(clean), model.project(clean))


def test_a_row_gets_the_same_bits_in_any_company_and_on_any_number_of_threads() -> None:
    network = Bottleneck(11, 32, torch.Generator().manual_seed(0)).eval()
    rows = torch.randn(11, TILE + 77, generator=torch.Generator().manual_seed(1))
    rows[2, ::5] = torch.nan

    def output(some: torch.Tensor) -> torch.Tensor:
        return map_feature_tiles(some, lambda tile: squared_errors(network, tile).sum(0))

    whole, order = output(rows), torch.randperm(TILE + 77, generator=torch.Generator().manual_seed(0))
    assert torch.equal(output(rows[:, order]), whole[order])
    assert torch.equal(torch.cat([output(rows[:, i : i + 31]) for i in range(0, rows.shape[1], 31)]), whole)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    assert torch.equal(output(rows), whole)
    torch.set_num_threads(before)


def test_a_radial_network_forgets_the_strangest_rows_where_some_are_believed_dirty(table: Schema) -> None:
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(6, 900, generator=generator) / 4 + torch.randint(0, 2, (900,), generator=generator) * 2
    dirt = torch.arange(0, 900, 30)
    rows[:, dirt] = 4 * torch.randn(6, len(dirt), generator=generator)
    for trim, remembered in ((0.0, len(dirt)), (len(dirt) / 900, 0)):
        network = radial_basis.fit(rows, steps=60, seed=0, trim=trim)
        lengths = torch.cdist(rows[:, dirt].T, network.core).amin(1)
        assert abs(int((lengths < 0.05).sum()) - remembered) <= 2, trim
    assert ReconstructionAutoencoder(table, architecture="radial_basis").min_trim == 0
    assert (
        ReconstructionAutoencoder(table, architecture="radial_basis", contamination=0.1).total_trim
        == ReconstructionAutoencoder(table, architecture="radial_basis", trim_fraction=0.1).total_trim
        == 0.1
    )
    assert ReconstructionAutoencoder(table).min_trim == 0.02


@pytest.mark.parametrize(
    ("settings", "outcome"), [({"hidden_units": 24}, "multiple of 32"), ({"training_steps": -1}, "negative"), ({"trim_fraction": 0.5}, "half")]
)
def test_wrong_settings_are_refused(table: Schema, settings: Any, outcome: str) -> None:
    with pytest.raises(ValueError, match=outcome):
        ReconstructionAutoencoder(table, **settings)
