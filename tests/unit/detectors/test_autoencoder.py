from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from detectors.autoencoder.category_pairs import CategoryPairs
from detectors.autoencoder.detector import Autoencoder
from detectors.autoencoder.fitting import fit
from detectors.autoencoder.model import AutoencoderModel, make_layout
from detectors.encoding import Encoder
from detectors.learning.history import HistorySplit
from sluice.domain import ROW


@pytest.fixture(scope="module")
def parts(history: Any) -> HistorySplit:
    return HistorySplit(history[:6000], history[6000:8000], history[8000:])


@pytest.fixture(scope="module")
def model(table: Any, parts: HistorySplit) -> AutoencoderModel:
    return Autoencoder(table, training_steps=150, hidden_units=16, device="cpu").fit(parts, 0)


def counted(seed: int, n: int = 4000) -> torch.Tensor:
    """A product, its brand, and a colour that follows neither; some values are unknown."""
    generator = torch.Generator().manual_seed(seed)
    product = torch.randint(0, 300, (n,), generator=generator)
    values = torch.stack([product, product % 40, torch.randint(0, 6, (n,), generator=generator)])
    values[0, ::50] = -1
    return values


@pytest.fixture(scope="module")
def pairs() -> CategoryPairs:
    return CategoryPairs.fit(counted(0), counted(1), (300, 40, 6), (0, 1, 2))


def test_pairs_that_tell_nothing_are_forgotten(pairs: CategoryPairs) -> None:
    assert {(a, b) for a, b, _ in pairs.ordered} == {(0, 1), (1, 0)}


def test_a_pair_that_never_came_is_evidence_and_one_that_often_came_is_not(pairs: CategoryPairs) -> None:
    typical = counted(2)
    swapped = typical.clone()
    swapped[1] = (swapped[1] + 7) % 40
    learned_state = typical[0] >= 0
    assert (pairs.evidence(typical)[:, learned_state] < 0).all()
    assert (pairs.evidence(swapped)[:, learned_state] > 1).all()
    assert pairs.evidence(typical)[:, ~learned_state].isnan().all()


def test_packed_pairs_are_the_same(pairs: CategoryPairs) -> None:
    again = CategoryPairs.unpack(*pairs.pack())
    assert torch.equal(again.evidence(counted(3)).nan_to_num(), pairs.evidence(counted(3)).nan_to_num())


def test_rows_that_are_trimmed_teach_nothing_after_a_third_of_the_steps(table: Any, history: Any, planted: Any) -> None:
    names = ("category", "price", "weight", "total", "quantity")
    dirt = pl.concat([rows.cast(history.schema) for rows in planted.values()])
    encoder = Encoder.fit(history, names, table)
    rows, odd = encoder.encode(pl.concat([history.head(3000), dirt])), encoder.encode(dirt)
    fitted = {trim: fit(rows, make_layout(encoder, 16), steps=90, seed=0, trim=trim) for trim in (0.0, 0.15)}

    def lost(trim: float) -> float:
        from detectors.autoencoder.network import cell_nll

        with torch.inference_mode():
            return float(torch.nanmean(cell_nll(fitted[trim](odd.numbers, odd.codes), odd.numbers, odd.codes)))

    assert lost(0.15) > lost(0.0)


def test_cells_tell_every_column_of_every_row(model: AutoencoderModel, planted: Any) -> None:
    rows = planted["weight"]
    outcome = model.explain_cells(rows)
    assert outcome.columns == [ROW, "column", "surprise", "expected", "how"]
    assert outcome.height == rows.height * len(model.encoder.columns)
    assert outcome[ROW].unique(maintain_order=True).to_list() == rows[ROW].to_list()
    assert outcome["surprise"].is_between(0, 12).all()
    worst = outcome.sort("surprise", descending=True).unique(ROW, keep="first")
    assert (worst["column"] == "weight").sum() > 0.6 * rows.height
    assert outcome.filter(pl.col("column") == "price")["expected"].cast(pl.Float64).is_finite().all()


@pytest.mark.parametrize("n", [0, 1])
def test_few_rows_have_cells_and_a_place_in_the_picture(model: AutoencoderModel, clean: Any, n: int) -> None:
    assert model.explain_cells(clean.head(n)).height == n * len(model.encoder.columns)
    assert model.project(clean.head(n)).shape == (n, 2)
    assert model.explain(clean.head(n)).height == n
    assert model.score_rows(clean.head(n)).shape == (n,)


def test_a_row_has_the_same_place_in_the_picture_in_any_company(model: AutoencoderModel, clean: Any) -> None:
    whole = model.project(clean)
    assert np.isfinite(whole).all()
    assert (whole.std(axis=0) > 0).all()
    assert np.array_equal(model.project(clean[100:130]), whole[100:130])
    again = AutoencoderModel.unpack(*model.pack(), "cpu")
    assert np.array_equal(again.project(clean), whole)
    assert np.array_equal(again.score_rows(clean), model.score_rows(clean))


def test_learning_on_helps_where_the_shop_has_changed_and_leaves_the_old_model_alone(model: AutoencoderModel, clean: Any) -> None:
    dearer = clean.with_columns(pl.col("price") * 1.3, pl.col("total") * 1.3)
    before = model.score_rows(dearer[4000:])
    later = model.partial_fit(dearer[:4000], 0)
    assert later.partial_fit(dearer.head(0), 0) is later
    assert np.array_equal(later.score_rows(dearer[:50]), model.partial_fit(dearer[:4000], 0).score_rows(dearer[:50]))
    assert later.score_rows(dearer[4000:]).mean() < before.mean()
    assert np.array_equal(model.score_rows(dearer[4000:]), before)
    rescaled = later.rescale(dearer[:4000])
    assert abs(float((rescaled.score_rows(dearer[4000:]) > np.quantile(rescaled.score_rows(dearer[:4000]), 0.99)).mean()) - 0.01) < 0.012


def test_a_wrong_cell_marks_no_other(model: AutoencoderModel, clean: Any, planted: Any) -> None:
    blame, rows = model._blame, model.encoder.encode(planted["price"])
    at = model.encoder.columns.index("price")
    plain, settled = np.delete(blame.by_column(rows), at, axis=1), np.delete(blame.settled(rows), at, axis=1)
    assert (settled <= plain).all()
    assert (settled > 3).mean() < 0.2 * (plain > 3).mean()
    assert (blame.settled(rows)[:, at] == blame.by_column(rows)[:, at]).mean() > 0.9
    quiet = model.encoder.encode(clean.head(500))
    assert np.array_equal(blame.settled(quiet)[7:9], blame.settled(quiet[7:9]))


def test_rows_that_are_left_out_do_not_stretch_the_scales(model: AutoencoderModel, parts: HistorySplit, planted: Any, clean: Any) -> None:
    wrong = pl.concat([rows.cast(clean.schema) for rows in planted.values()])
    dirty = pl.concat([parts.scale, wrong[:200]])
    plain, trimmed = (replace(model, trim_fraction=trim).rescale(dirty) for trim in (0.0, 0.1))
    lead = [entry.score_rows(wrong[200:]).mean() - entry.score_rows(clean).mean() for entry in (plain, trimmed)]
    assert lead[1] > 1.3 * lead[0]
    assert AutoencoderModel.unpack(*trimmed.pack(), "cpu").trim_fraction == 0.1


@pytest.mark.parametrize("share", [-0.1, 0.5])
def test_a_contamination_is_less_than_a_half(table: Any, share: float) -> None:
    with pytest.raises(ValueError, match="believed erroneous"):
        Autoencoder(table, contamination=share)
