from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from detectors.autoencoder.detector import Autoencoder
from detectors.classical.algorithms import IsolationForest, Knn
from detectors.features.serialization import pack, unpack
from detectors.learning.history import HistorySplit
from sluice.config import build
from sluice.domain import ROW, Artifact, Batch, Column, Message, Run, Schema
from sluice.errors import ModelError
from sluice.messages import render

AT = datetime(2026, 3, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def autoencoder(table: Any) -> Autoencoder:
    return Autoencoder(table, training_steps=250, device="cpu")


@pytest.fixture(scope="module")
def snapshot(autoencoder: Autoencoder, history: Any, snapshot_of: Any) -> Any:
    return snapshot_of(history, {autoencoder.name: autoencoder.train(snapshot_of(history), seed=0)})


@pytest.fixture(scope="module")
def model(autoencoder: Autoencoder, snapshot: Any) -> Any:
    return autoencoder.restore(*unpack(snapshot.models[autoencoder.name].tensors))


def rendered(verdict: Any) -> list[str]:
    return [render(Message.loads(message)) for message in verdict.evidence["message"]]


def judged(detector: Any, rows: pl.DataFrame, snapshot: Any) -> Any:
    (verdict,) = detector.judge(Batch("orders", "b", rows, AT), snapshot)
    return verdict


def test_clean_rows_are_flagged_as_often_as_the_budget_says(autoencoder: Any, snapshot: Any, clean: Any) -> None:
    verdict = judged(autoencoder, clean, snapshot)
    calibration = snapshot.models[autoencoder.name].card["metrics"]["calibration_rows"]
    deviation = math.sqrt(0.01 * 0.99 * (1 / clean.height + 1 / calibration))
    assert abs(verdict.failed / verdict.rows - 0.01) <= 3 * deviation
    assert verdict.status == "passed"


def test_rows_that_another_device_may_flag_otherwise_are_counted(autoencoder: Any, snapshot: Any, history: Any, clean: Any) -> None:
    verdict = judged(autoencoder, HistorySplit.from_rows(history).calibration, snapshot)  # the threshold is read off one of them
    assert re.search(r"; [1-9] so near the threshold that another device may decide otherwise$", render(verdict.observed))
    assert "another device" not in render(judged(autoencoder, clean.head(0), snapshot).observed)
    metrics = snapshot.models[autoencoder.name].card["metrics"]
    assert 0 < metrics["bound"] < 0.01
    assert 0 <= metrics["borderline"] < 0.01


def test_wrong_cells_are_found(model: Any, clean: Any, planted: Any) -> None:
    ordinary, strange = model.score_rows(clean), model.score_rows(pl.concat(planted.values()))
    higher = np.searchsorted(np.sort(ordinary), strange).mean() / len(ordinary)  # the area under the ROC curve
    assert higher > 0.97


def test_the_wrong_cell_is_blamed_first(model: Any, planted: Any) -> None:
    first = {column: (model.explain(rows)["columns"].list.first() == column).mean() for column, rows in planted.items()}
    assert np.mean(list(first.values())) > 0.8, first


def test_the_expected_value_is_told(autoencoder: Any, snapshot: Any, planted: Any) -> None:
    rows = planted["currency"]
    evidence = judged(autoencoder, rows, snapshot).evidence.filter(pl.col("columns").list.first() == "currency")
    outcome = evidence.join(rows, on=ROW).with_columns(right=pl.format("currency {}", pl.col("country").str.slice(8).cast(pl.Int64) // 2))
    assert outcome.height > 10  # where country and currency do not fit, either may be the wrong one
    assert (outcome["expected"] == outcome["right"]).mean() > 0.9


def test_many_wrong_rows_fail_the_verdict(autoencoder: Any, snapshot: Any, clean: Any, planted: Any) -> None:
    verdict = judged(autoencoder, pl.concat([clean.head(500), *(rows.cast(clean.schema) for rows in planted.values())]), snapshot)
    assert verdict.status == "failed"
    assert verdict.rule == "autoencoder"


def test_messages_hold_no_cell(autoencoder: Any, snapshot: Any, planted: Any) -> None:
    verdict = judged(autoencoder, planted["category"], snapshot)
    assert verdict.evidence.height
    assert not any("category " in message.removeprefix("category is") for message in rendered(verdict))


def test_an_empty_cell_is_told_as_one(autoencoder: Any, snapshot: Any, clean: Any) -> None:
    verdict = judged(autoencoder, clean.head(40).with_columns(price=pl.lit(None, dtype=pl.Float64)), snapshot)
    assert verdict.failed == 40
    assert all(render(Message.loads(text)).startswith("price is empty, where hardly any ever was (p = 0.0") for text in verdict.evidence["message"])
    assert verdict.evidence["expected"].null_count() == 0


def test_values_never_seen_do_not_alarm(autoencoder: Any, snapshot: Any, clean: Any) -> None:
    fresh = clean.with_columns(category=pl.lit("category of tomorrow"))
    assert judged(autoencoder, fresh, snapshot).failed <= 0.025 * fresh.height  # of so small a history


def test_a_number_never_seen_stays_finite(model: Any, clean: Any) -> None:
    scores = model.score_rows(clean.head(3).with_columns(price=pl.Series([math.inf, -math.inf, 1e300])))
    assert np.isfinite(scores).all()
    assert (scores > 2).all()


@pytest.mark.parametrize("kind", [Autoencoder, IsolationForest])
def test_constant_columns_can_be_learned(snapshot_of: Any, kind: Any) -> None:
    schema = Schema("orders", columns=(Column("a", "number"), Column("b"), Column("c", "number")))
    rows = pl.DataFrame({"a": [1.0] * 600, "b": ["x"] * 600, "c": np.random.default_rng(0).normal(size=600), ROW: [f"{i:04d}" for i in range(600)]})
    more = {"training_steps": 20, "device": "cpu"} if kind is Autoencoder else {}
    detector = kind(schema, min_rows=600, max_fpr=0.02, **more)
    artifact = detector.train(snapshot_of(rows), seed=0)
    verdict = judged(detector, rows.with_columns(a=pl.lit(1.001)), snapshot_of(rows, {detector.name: artifact}))
    assert verdict.rows == 600


def test_without_a_model_it_is_skipped_and_says_how_many_rows_it_waits_for(table: Any, snapshot_of: Any, clean: Any) -> None:
    runs = [Run("r1", "orders", "ingest", 1, AT, "published", good=1200), Run("a1", "orders", "audit", 2, AT, "published", good=900)]
    verdict = judged(IsolationForest(table), clean, snapshot_of(run_records=runs))
    assert verdict.status == "skipped"
    assert render(verdict.message) == "waits for 3,800 more rows of accepted history"


def test_with_too_little_history_a_simpler_detector_stands_in_and_says_so(table: Any, snapshot_of: Any, history: Any, clean: Any) -> None:
    detector = Autoencoder(table, training_steps=20, device="cpu")
    runs = [Run("r1", "orders", "ingest", 1, AT, "published", good=2_000)]
    early = snapshot_of(history.head(2_000), run_records=runs)
    artifact = detector.train(early, seed=0)
    assert (artifact.card["kind"], artifact.card["wants"]) == ("fallback", 5_000)
    snapshot = snapshot_of(history.head(2_000), {detector.name: artifact}, runs)
    verdict = judged(detector, clean, snapshot)
    assert verdict.rule == "autoencoder"
    assert verdict.status == "passed"
    assert render(verdict.message).endswith("histograms of the columns stand in until 3,000 more rows are accepted")
    assert detector.partial_fit(artifact, snapshot, seed=0).card["wants"] == 5_000
    assert render(judged(detector, clean, snapshot_of(run_records=runs)).message) == "waits for 0 more rows of accepted history"


def test_the_detector_itself_takes_over_when_there_is_enough(table: Any, snapshot_of: Any, history: Any) -> None:
    detector = Autoencoder(table, training_steps=20, device="cpu")
    runs = [Run("r1", "orders", "ingest", 1, AT, "published", good=history.height)]
    early = detector.train(snapshot_of(history.head(2_000), run_records=[replace(runs[0], good=2_000)]), seed=0)
    artifact = detector.train(snapshot_of(history, {detector.name: early}, runs), seed=0)
    assert artifact.card["kind"] == "autoencoder"
    assert "wants" not in artifact.card


@pytest.mark.parametrize("rows", [0, 999])
def test_too_little_history_is_refused(table: Any, snapshot_of: Any, history: Any, rows: int) -> None:
    snapshot = snapshot_of(history.head(rows) if rows else pl.DataFrame())
    with pytest.raises(ModelError, match=f"waits for {1000 - rows:,} more row"):
        IsolationForest(table, min_rows=1000).train(snapshot, seed=0)


def test_a_budget_that_cannot_be_kept_is_refused_with_the_rows_that_it_takes(table: Any, snapshot_of: Any, clean: Any) -> None:
    with pytest.raises(ValueError, match="needs 69,993 accepted rows, and max_rows is 1,000"):
        IsolationForest(table, min_rows=1000, max_rows=1000, max_fpr=0.0001)
    waiting = judged(IsolationForest(table, min_rows=1000, max_fpr=0.001), clean, snapshot_of())
    assert render(waiting.message) == "waits for 6,993 more rows of accepted history"


def test_the_newest_rows_are_learned_from(table: Any, snapshot_of: Any, history: Any) -> None:
    artifact = IsolationForest(table, min_rows=1000, max_rows=1000).train(snapshot_of(history), seed=3)
    assert artifact.card["sampled"] == 1000
    assert artifact.card["basis"] == "7"
    assert artifact.card["seed"] == 3
    assert artifact.card["kind"] == "isolation_forest"


def test_a_damaged_model_or_one_of_another_version_judges_nothing_and_says_so(autoencoder: Any, snapshot: Any, clean: Any, snapshot_of: Any) -> None:
    stored = snapshot.models[autoencoder.name]
    arrays, meta = unpack(stored.tensors)
    older = pack({name: array for name, array in arrays.items() if not name.startswith("network.mix")}, meta)
    for tensors in (stored.tensors[:100], b"", b"\x00" * 64, older):
        verdict = judged(autoencoder, clean, snapshot_of(models={autoencoder.name: replace(stored, tensors=tensors)}))
        assert verdict.status == "not_evaluated"
        assert "damaged" in render(verdict.observed)


def test_a_model_that_cannot_be_read_keeps_nobody_from_a_whole_fit(table: Any, snapshot_of: Any, history: Any) -> None:
    detector = IsolationForest(table, min_rows=1000, max_rows=2000)
    again = detector.train(snapshot_of(history, {detector.name: Artifact(b"no model", {})}), seed=0)
    assert again.tensors == detector.train(snapshot_of(history), seed=0).tensors


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ({"columns": ("colour",)}, "declared columns"),
        ({"max_fpr": 0.0}, "share of rows"),
        ({"min_rows": 0}, "min_rows"),
        ({"hidden_units": 10}, "multiple of 16"),
    ],
)
def test_settings_that_do_not_fit(table: Any, settings: Any, outcome: str) -> None:
    with pytest.raises(ValueError, match=outcome):
        Autoencoder(table, **settings)


def test_personal_columns_are_not_learned() -> None:
    schema = Schema("people", key=("id",), columns=(Column("id"), Column("email", personal=True), Column("tier")))
    with pytest.raises(ValueError, match="personal"):
        IsolationForest(schema, columns=("email",))
    with pytest.raises(ValueError, match="no column is left"):
        IsolationForest(replace(schema, columns=schema.columns[:2]))


def test_a_model_fitted_with_other_settings_judges_nothing_and_says_which(table: Any, snapshot_of: Any, history: Any, clean: Any) -> None:
    five = Knn(table, min_rows=1000, max_rows=2000)
    snapshot = snapshot_of(history, {five.name: five.train(snapshot_of(history), seed=0)})
    assert judged(replace(five, max_fpr=0.02), clean, snapshot).status != "not_evaluated"
    verdict = judged(replace(five, n_neighbors=50), clean, snapshot)
    assert verdict.status == "not_evaluated"
    assert "n_neighbors changed since orders.knn was fitted" in render(verdict.observed)


def test_a_column_that_is_declared_no_more_has_the_model_fitted_anew(table: Any, snapshot_of: Any, history: Any, clean: Any) -> None:
    knn = Knn(table, min_rows=1000, max_rows=2000)
    snapshot = snapshot_of(history, {knn.name: knn.train(snapshot_of(history), seed=0)})
    gone = replace(knn, schema=replace(table, columns=tuple(column for column in table.columns if column.name != "total")))
    verdict = judged(gone, clean.drop("total"), snapshot)
    assert verdict.status == "not_evaluated"
    assert "columns changed since orders.knn was fitted; it is refitted with the next batch" in render(verdict.observed)
    anew = snapshot_of(history, {gone.name: gone.train(snapshot_of(history), seed=0)})
    assert judged(gone, clean.drop("total"), anew).status == "passed"


@pytest.mark.parametrize(("text", "span"), [("28d", timedelta(days=28)), ("12h", timedelta(hours=12)), ("2w", timedelta(weeks=2))])
def test_the_age_of_a_refit_is_written_as_every_duration(table: Any, text: Any, span: Any) -> None:
    assert build(Knn, {"refit_interval": text}, schema=table).refit_interval == span


def test_a_detector_that_is_told_of_dirt_finds_more_of_it(table: Any, history: Any, clean: Any, planted: Any, snapshot_of: Any) -> None:
    wrong = pl.concat([rows.cast(history.schema) for rows in planted.values()])
    dirty = snapshot_of(pl.concat([history, wrong.gather_every(2)]))
    findings = {}
    for contamination in (0.0, 0.023):
        detector = Autoencoder(table, training_steps=150, device="cpu", contamination=contamination)
        snapshot = replace(dirty, models={detector.name: detector.train(dirty, seed=0)})
        assert judged(detector, clean, snapshot).failed <= 0.015 * clean.height
        findings[contamination] = judged(detector, wrong.gather_every(2, 1), snapshot).failed
    assert findings[0.023] > 1.2 * findings[0.0]
