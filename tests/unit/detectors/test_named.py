from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from detectors.classical.pyod_by_name import NamedPyodDetector, list_modules
from detectors.learning.history import HistorySplit
from sluice.config import SettingsError, build
from sluice.domain import ROW, Column, Schema
from sluice.errors import ModelError

SCHEMA = Schema("numbers", columns=(Column("a", "number"), Column("b", "number")))


def parts(n: int) -> HistorySplit:
    rng = np.random.default_rng(0)
    rows = pl.DataFrame({"a": rng.normal(size=n), "b": rng.lognormal(size=n), ROW: [f"r.{i}" for i in range(n)]})
    return HistorySplit(rows[: n * 3 // 4], rows[n * 3 // 4 :], rows[:0])


QUICK = {"LUNAR": (("n_epochs", 3),), "auto_encoder": (("epoch_num", 3),)}


@pytest.mark.parametrize("algorithm", ["GMM", "kde", "KNN", "PCA", "LODA", "auto_encoder"])
def test_any_detector_of_pyod_is_carried(algorithm: Any) -> None:
    detector = NamedPyodDetector(SCHEMA, algorithm=algorithm, parameters=QUICK.get(algorithm, ()), max_reference_rows=256)
    learned = parts(400)
    model = detector.fit(learned, 0)
    distant = pl.DataFrame({"a": [0.0, 40.0], "b": [1.0, 900.0], ROW: ["x", "y"]})
    typical, odd = model.score_rows(distant)
    assert odd > typical
    assert detector.restore(*model.pack()).score_rows(distant).tolist() == [typical, odd]
    assert detector.name == f"numbers.pyod_{algorithm.lower().replace('_', '')}"


def test_one_that_scores_a_row_by_its_batch_is_refused() -> None:
    with pytest.raises(ModelError, match="by the others of its batch"):
        NamedPyodDetector(SCHEMA, algorithm="CD").fit(parts(400), 0)


def test_one_that_pyod_cannot_fit_says_why() -> None:
    with pytest.raises(ModelError, match=r"cannot be fitted to such rows: .*n_features"):
        NamedPyodDetector(SCHEMA, algorithm="DeepSVDD").fit(parts(400), 0)


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ({"algorithm": "ECOD"}, "verdicts cannot be repeated"),
        ({"algorithm": "os.system"}, "names no detector of PyOD"),
        ({"algorithm": "KNN", "parameters": {"neighbours": 3}}, "takes no neighbours; it takes .*n_neighbors"),
    ],
)
def test_what_pyod_does_not_have_is_refused_with_what_it_has(settings: Any, outcome: Any) -> None:
    with pytest.raises(SettingsError, match=outcome):
        build(NamedPyodDetector, settings, schema=SCHEMA)


def test_parameters_reach_the_detector() -> None:
    outlier: Any = build(NamedPyodDetector, {"algorithm": "KNN", "parameters": {"n_neighbors": 3}}, schema=SCHEMA).outlier(0)
    assert outlier.make().n_neighbors == 3


def test_the_process_draws_as_if_nothing_had_been_fitted() -> None:
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    NamedPyodDetector(SCHEMA, algorithm="auto_encoder", parameters=(("epoch_num", 1),), max_reference_rows=256).fit(parts(400), 0)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_the_table_of_names_is_pyods_own() -> None:
    assert {"iforest", "knn", "lunar", "lof", "hbos", "autoencoder", "vae"} <= set(list_modules())
