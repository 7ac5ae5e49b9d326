"""What every detector keeps to, whatever comes."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from detectors import DETECTORS
from detectors.traffic.patterns import PATTERNS
from sluice.config import SettingsError, build
from sluice.domain import EVIDENCE, ROW, Run
from sluice.partitions import InTurn
from sluice.ports import Judge, Steps, Trainer
from tests.contract.parts.comparing import Apart, assert_same_in_parts

START = datetime(2026, 3, 1, tzinfo=UTC)
REFUSED = ("ecod", "copod")
WHOLE = ("drift",)  # judge a batch, not its rows: their unit tests hold what that means
SETTINGS: dict[str, dict[str, object]] = {
    "autoencoder": {"training_steps": 30, "device": "cpu"},
    "reconstruction": {"training_steps": 60, "device": "cpu"},
    "ensemble": {"training_steps": 30, "hidden_units": 16, "members": ["IForest"], "device": "cpu"},
    "pyod lunar": {"algorithm": "LUNAR", "parameters": {"n_epochs": 3}, "max_reference_rows": 256},
    "pyod kde": {"algorithm": "KDE", "max_reference_rows": 128},
    "sessions": {"session": "user_id", "min_rows": 100, "max_fpr": 0.1, "training_steps": 30, "device": "cpu"},
    "traffic": {
        "min_rows": 600,
        "kind": "category",
        "session": "user_id",
        "ip": "email",
        "received_time": "received_at",
        "price": "price",
        "quantity": "quantity",
        "patterns": [name for name in PATTERNS if name not in ("price_mismatch", "hourly_volume")],  # those that judge rows
    },
}
NAMES = [*(name for name in DETECTORS if name not in (*REFUSED, *WHOLE, "pyod")), "pyod lunar", "pyod kde"]
LEARNED = [name for name in NAMES if name not in ("sessions", "traffic")]  # of rows, each by itself


def make(name: str, schema: Any, **more: object) -> Any:
    module, _, cls = DETECTORS[name.split(maxsplit=1)[0]].partition(":")
    needs = {"min_rows": 600} if name in LEARNED else {}
    return build(getattr(importlib.import_module(module), cls), {**needs, **SETTINGS.get(name, {}), **more}, schema=schema)


@pytest.fixture(scope="module")
def ready(schema: Any, history: Any, snapshot_of: Any) -> Any:
    """Each detector with the past that its model is in; trained once."""
    built: dict[str, tuple[Any, Any]] = {}

    def of(name: Any) -> Any:
        if name not in built:
            detector = make(name, schema)
            models = {detector.name: detector.train(snapshot_of(history), seed=0)} if isinstance(detector, Trainer) else {}
            built[name] = detector, snapshot_of(history, models)
        return built[name]

    return of


@pytest.fixture(params=NAMES)
def judged(request: Any, ready: Any, batch_of: Any) -> Any:
    """Judges rows by one detector; checks what every verdict must keep to."""
    detector, snapshot = ready(request.param)

    def judge(rows: Any) -> Any:
        verdicts = detector.judge(batch_of(rows), snapshot)
        for verdict in verdicts:
            assert verdict.nature == "detector"
            assert verdict.dimension == "accuracy"
            if verdict.failing is not None:
                assert verdict.failing.dtype == pl.Boolean
                assert len(verdict.failing) == rows.height == verdict.rows
                assert verdict.failing.null_count() == 0
                assert verdict.evidence.schema == EVIDENCE
                assert verdict.evidence[ROW].to_list() == rows.filter(verdict.failing)[ROW].to_list()
                assert verdict.failed == verdict.failing.sum() == verdict.evidence.height
                assert verdict.evidence["score"].drop_nulls().is_between(0, 1).all()
        return verdicts

    return judge


def test_it_is_a_judge_and_the_learned_ones_are_trainers(ready: Any) -> None:
    for name in NAMES:
        detector, _ = ready(name)
        assert isinstance(detector, Judge)
        assert isinstance(detector, Trainer)


def test_the_same_rows_get_the_same_verdict(judged: Any, rows: Any) -> None:
    first, second = judged(rows), judged(rows)
    for one, other in zip(first, second, strict=True):
        assert one.failing.equals(other.failing)
        assert one.evidence.equals(other.evidence)
        assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("n", [0, 1])
def test_few_rows(judged: Any, rows: Any, n: Any) -> None:
    for verdict in judged(rows.head(n)):
        assert verdict.status == "passed" or n == 1


def test_rows_that_are_all_null(judged: Any, rows: Any) -> None:
    assert judged(rows.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in rows.schema.items() if name != ROW))


def test_a_category_never_seen_is_no_reason_for_alarm(judged: Any, rows: Any) -> None:
    before = sum(verdict.failed for verdict in judged(rows))
    after = sum(verdict.failed for verdict in judged(rows.with_columns(category=pl.lit("brand new"))))
    assert after <= max(2 * before, 0.03 * rows.height)


def test_a_column_too_many_changes_nothing(judged: Any, rows: Any) -> None:
    for one, other in zip(judged(rows), judged(rows.with_columns(extra=pl.lit(1))), strict=True):
        assert one.failing.equals(other.failing)


@pytest.mark.parametrize("name", ["category", "price", "ts", "item_id"])
def test_a_column_too_few(judged: Any, rows: Any, name: Any) -> None:
    assert {verdict.status for verdict in judged(rows.drop(name))} <= {"passed", "failed", "not_evaluated"}


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), 1e300])
def test_numbers_beyond_all_bounds(judged: Any, rows: Any, value: Any) -> None:
    assert judged(rows.with_columns(price=pl.lit(value)))


def test_columns_of_another_nature(judged: Any, rows: Any) -> None:
    swapped = rows.with_columns(category=pl.lit(7.5), price=pl.lit("a lot"), quantity=pl.lit([1, 2]), ts=pl.lit("yesterday"), note=pl.lit([["x"]]))
    assert judged(swapped)


@pytest.mark.parametrize("name", REFUSED)
def test_detectors_whose_scores_depend_on_the_batch_are_refused(schema: Any, name: Any) -> None:
    with pytest.raises(SettingsError, match="rank among the batch"):
        make(name, schema)


@pytest.mark.parametrize("name", LEARNED)
def test_the_score_of_a_row_is_the_same_in_any_company(ready: Any, rows: Any, name: Any) -> None:
    detector, snapshot = ready(name)
    model = detector.restore(*unpacked(snapshot.models[detector.name]))
    whole = model.score_rows(rows)
    order = np.random.default_rng(0).permutation(rows.height)
    assert np.isfinite(whole).all()
    assert np.array_equal(model.score_rows(rows[order]), whole[order])
    assert np.array_equal(np.concatenate([model.score_rows(rows[i : i + 1]) for i in range(20)]), whole[:20])
    assert np.array_equal(np.concatenate([model.score_rows(part) for part in rows.iter_slices(97)]), whole)


@pytest.mark.parametrize("name", LEARNED)
def test_training_is_deterministic_and_its_model_survives_saving(ready: Any, rows: Any, snapshot_of: Any, history: Any, name: Any) -> None:
    detector, snapshot = ready(name)
    stored = snapshot.models[detector.name]
    again = detector.train(snapshot_of(history.sample(fraction=1, shuffle=True, seed=3)), seed=0)
    assert again.tensors == stored.tensors
    assert again.card == stored.card
    assert detector.train(snapshot_of(history), seed=1).tensors != stored.tensors
    one, other = (detector.restore(*unpacked(stored)).score_rows(rows) for _ in range(2))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("name", LEARNED)
def test_every_model_tells_cells_a_point_and_learns_on(ready: Any, rows: Any, name: Any) -> None:
    detector, snapshot = ready(name)
    model = detector.restore(*unpacked(snapshot.models[detector.name]))
    some = rows.head(40)
    cells = model.explain_cells(some)
    assert cells.drop("how", strict=False).columns == [ROW, "column", "surprise", "expected"]
    assert set(cells[ROW]) <= set(some[ROW])
    assert cells["surprise"].is_finite().all()
    assert (cells["surprise"] >= 0).all()
    assert len(model.project(some)) == 40
    assert np.isfinite(model.project(some)).all()
    learned = model.partial_fit(rows, seed=0).rescale(rows)
    again = detector.restore(*learned.pack())
    assert np.isfinite(learned.score_rows(some)).all()
    assert np.array_equal(learned.score_rows(some), again.score_rows(some))


@pytest.mark.parametrize("name", LEARNED)
def test_it_learns_on_from_new_runs_the_same_way_each_time(ready: Any, rows: Any, snapshot_of: Any, history: Any, name: Any) -> None:
    detector, snapshot = ready(name)
    stored = snapshot.models[detector.name]
    both = pl.concat([history.with_columns(_run_id=pl.lit("r1")), rows.with_columns(_run_id=pl.lit("r2"))])
    runs = [Run(run, "events", "ingest", seq, START, "published", good=good) for seq, (run, good) in enumerate([("r1", history.height), ("r2", rows.height)])]
    later = snapshot_of(both, snapshot.models, run_records=runs)
    again, other = (detector.partial_fit(replace(stored, card={**stored.card, "seen": ["r1"]}), later, seed=0) for _ in range(2))
    assert again.tensors == other.tensors and again.card == other.card
    assert again.tensors != stored.tensors
    assert again.card["rows"] == stored.card["rows"] and again.card["seen"] == ["r1", "r2"]
    scores = detector.restore(*unpacked(again)).score_rows(rows)
    assert np.isfinite(scores).all()
    assert np.array_equal(scores, detector.restore(*unpacked(again)).score_rows(rows))


def unpacked(artifact: Any) -> Any:
    from detectors.features.serialization import unpack

    return unpack(artifact.tensors)


@pytest.mark.parametrize("parts", [1, 3, 17])
@pytest.mark.parametrize(("name", "more"), [*((name, {}) for name in NAMES), ("hbos", {"guarantee": "fdr", "max_fpr": 0.2})])
def test_a_batch_in_parts_gets_the_verdicts_of_the_whole(ready: Any, batch_of: Any, rows: Any, name: str, more: dict[str, object], parts: int) -> None:
    detector, snapshot = ready(name)
    odd = rows.with_columns(price=pl.when(pl.int_range(pl.len()) % 10 == 0).then(1e6).otherwise("price"))
    steps = Steps([replace(detector, **more)], Chain([Deduplicate(detector.schema)]))  # divided by their key, which is none of a user or a session
    outcome = assert_same_in_parts(batch_of(odd), snapshot, steps, parts, Apart if parts == 3 else InTurn)
    verdicts = outcome.phases["published"]
    assert {verdict.status for verdict in verdicts} <= {"passed", "failed"}
    assert sum(verdict.failed for verdict in verdicts if verdict.on_fail == "flag") == outcome.flags.height
