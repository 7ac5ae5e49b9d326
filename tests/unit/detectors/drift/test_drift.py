from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from cleaning.chain import Chain
from detectors.drift.detector import Drift
from detectors.drift.state import MAX_BATCHES, DriftState
from detectors.features.serialization import pack
from sluice.domain import ROW, RUN, Artifact, Batch, Column, Run, Schema
from sluice.errors import ModelError
from sluice.messages import render
from sluice.partitions import InTurn
from sluice.ports import IncrementalTrainer, Judge, Steps
from tests.contract.parts.comparing import assert_same_in_parts

AT = datetime(2026, 3, 1, tzinfo=UTC)
COLUMNS = (Column("id"), Column("kind"), Column("price", "number"), Column("ts", "timestamp"), Column("note"))
SHOP = Schema("shop", key=("id",), time="ts", columns=COLUMNS)
N = 800


def day(number: int, seed: int = 0, n: int = N) -> pl.DataFrame:
    """One day's rows; days differ by more than chance: what is sold varies."""
    rng = np.random.default_rng([seed, number])
    often = rng.dirichlet(np.full(5, 200.0))
    kind = rng.choice(5, n, p=often)
    at = [AT + timedelta(days=number, hours=float(hour)) for hour in np.clip(rng.normal(14, 3, n), 0, 20)]
    price = np.exp(0.5 * kind + rng.normal(0, 0.4, n) + rng.normal(0, 0.01))
    return pl.DataFrame(
        {"id": [f"{number}-{i}" for i in range(n)], "kind": [f"kind {i}" for i in kind], "price": price, "ts": at, "note": None},
        schema={**SHOP.dtypes},
    ).with_columns(pl.format("{}.{}", pl.lit(f"run{number:03}"), pl.int_range(pl.len())).alias(ROW), pl.lit(f"run{number:03}").alias(RUN))


def runs(count: int) -> list[Run]:
    return [Run(f"run{i:03}", "shop", "ingest", i, AT + timedelta(days=i), "published", good=N) for i in range(count)]


@pytest.fixture(scope="module")
def days(snapshot_of: Any) -> Callable[..., Any]:
    """The past of so many days: `days(5, models)`."""
    return lambda count, models=None: snapshot_of(pl.concat([day(number) for number in range(count)]), models or {}, runs(count))


@pytest.fixture(scope="module")
def ready(days: Any) -> tuple[Drift, Any]:
    detector = Drift(SHOP)
    return detector, days(20, {detector.name: detector.train(days(20), seed=0)})


def judged(detector: Drift, rows: pl.DataFrame, reference: Any, *, whole: bool = True) -> Any:
    (verdict,) = detector.judge(Batch("shop", "b", rows.drop(RUN), AT + timedelta(days=20), whole=whole), reference)
    return verdict


def test_it_judges_and_learns_on() -> None:
    assert isinstance(Drift(SHOP), Judge)
    assert isinstance(Drift(SHOP), IncrementalTrainer)


def test_days_that_differ_as_days_do_have_not_moved(ready: Any) -> None:
    outcome = [judged(ready[0], day(number), ready[1]).status for number in range(20, 60)]
    assert outcome.count("failed") <= 2


def test_prices_that_all_rose_are_told_with_how_much(ready: Any) -> None:
    verdict = judged(ready[0], day(20).with_columns(pl.col("price") * 1.2), ready[1])
    assert verdict.status == "failed"
    assert verdict.failing is None and verdict.rows == 0
    assert verdict.columns == ("price",)
    before, after = render(verdict.observed).split("% higher at the median than in the accepted past, ")
    assert 14 < float(before.removeprefix("price is ")) < 26
    assert after.endswith(" sd of the usual difference between batches")


def test_prices_that_fell_are_told_as_lower(ready: Any) -> None:
    assert "lower at the median" in render(judged(ready[0], day(20).with_columns(pl.col("price") * 0.8), ready[1]).observed)


def test_hours_that_moved_are_told_in_hours(ready: Any) -> None:
    verdict = judged(ready[0], day(20).with_columns(pl.col("ts") + pl.duration(hours=3)), ready[1])
    assert verdict.status == "failed"
    assert render(verdict.observed).startswith("ts is on average 3.")
    assert "hours later" in render(verdict.observed)


def test_a_changed_mix_is_told_without_a_value(ready: Any) -> None:
    other = pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("kind 0")).otherwise("kind")
    verdict = judged(ready[0], day(20).with_columns(other.alias("kind")), ready[1])
    assert "the mix of kind is another in " in render(verdict.observed)
    assert "kind 0" not in verdict.observed.dumps()


def test_a_slow_drift_that_no_day_shows_is_found(ready: Any, snapshot_of: Any) -> None:
    detector, reference = ready
    artifact, outcome = reference.models[detector.name], []
    for step in range(1, 15):
        rows = day(19 + step).with_columns(pl.col("price") * 1.012**step)
        outcome.append(judged(detector, rows, snapshot_of(models={detector.name: artifact})).status)
        artifact = detector.partial_fit(artifact, snapshot_of(rows, run_records=runs(20 + step)), seed=0)
    assert outcome[:2] == ["passed", "passed"]
    assert "failed" in outcome


def test_it_waits_for_enough_batches(days: Any) -> None:
    detector = Drift(SHOP)
    reference = days(5)
    assert render(judged(detector, day(5), reference).message) == "waits for 8 more accepted batches"
    waiting = judged(detector, day(5), days(5, {detector.name: detector.train(reference, seed=0)}))
    assert render(waiting.message) == "waits for 3 more accepted batches"


def test_parts_of_a_batch_are_skipped(ready: Any) -> None:
    assert judged(ready[0], day(20), ready[1], whole=False).status == "skipped"
    assert judged(ready[0], day(20).head(5), ready[1]).status == "skipped"


def test_learning_on_from_each_batch_counts_the_same_as_learning_from_all(ready: Any, days: Any) -> None:
    detector, reference = ready
    artifact = detector.train(days(19), seed=0)
    again = detector.partial_fit(artifact, days(20), seed=0)
    assert again.card["seen"] == reference.models[detector.name].card["seen"]
    assert DriftState.unpack(again.tensors).counts.sum() == DriftState.unpack(reference.models[detector.name].tensors).counts.sum()
    assert detector.partial_fit(again, days(20), seed=0).tensors == again.tensors


def test_of_a_snapshot_what_was_counted_is_kept_though_its_rows_are_gone(snapshot_of: Any) -> None:
    detector = Drift(Schema("shop", mode="snapshot", key=("id",), columns=COLUMNS))
    artifact = detector.train(snapshot_of(day(0), run_records=runs(1)), seed=0)
    for number in range(1, 4):
        artifact = detector.partial_fit(artifact, snapshot_of(day(number), run_records=runs(number + 1)), seed=0)
    again = detector.train(snapshot_of(day(3), {detector.name: artifact}, runs(4)), seed=0)
    assert len(DriftState.unpack(again.tensors).counts) == 4


def test_its_state_is_bounded(ready: Any) -> None:
    state = DriftState.unpack(ready[1].models["shop.drift"].tensors)
    assert len(state.after([day(i, n=40) for i in range(2 * MAX_BATCHES)]).counts) == MAX_BATCHES


def test_it_is_the_same_each_time(ready: Any, days: Any) -> None:
    detector, reference = ready
    assert detector.train(days(20), seed=0) == reference.models[detector.name]
    assert judged(detector, day(20), reference).observed == judged(detector, day(20).sample(fraction=1, shuffle=True, seed=1), reference).observed


@pytest.mark.parametrize("value", [None, float("inf"), float("nan"), 1e300])
def test_odd_cells_and_lacking_columns_break_nothing(ready: Any, value: Any) -> None:
    detector, reference = ready
    assert judged(detector, day(20).with_columns(price=pl.lit(value, dtype=pl.Float64)), reference).status in ("passed", "failed")
    assert judged(detector, day(20).drop("price"), reference).status == "passed"
    assert judged(detector, day(20).drop("kind"), reference).columns == ("kind",)
    assert judged(detector, day(20).with_columns(price=pl.lit("a lot"), kind=pl.lit(7.5), ts=pl.lit("soon")), reference)


def test_a_state_that_cannot_be_read_judges_nothing_and_says_so(ready: Any, snapshot_of: Any) -> None:
    for tensors in (b"nothing", pack({}, {"channels": []}), pack({}, {})):
        verdict = judged(ready[0], day(20), snapshot_of(models={ready[0].name: Artifact(tensors, {})}))
        assert verdict.status == "not_evaluated"
        assert verdict.observed


def test_nothing_published_is_too_little(snapshot_of: Any) -> None:
    with pytest.raises(ModelError, match="waits for"):
        Drift(SHOP).train(snapshot_of(), seed=0)


@pytest.mark.parametrize("settings", [{"columns": ("colour",)}, {"max_fpr": 0.0}, {"min_batches": 2}, {"min_batches": 1000}])
def test_settings_that_do_not_fit(settings: Any) -> None:
    with pytest.raises(ValueError, match=r"columns|max_fpr|min_batches"):
        Drift(SHOP, **settings)


@pytest.mark.parametrize("parts", [1, 3, 17])
@pytest.mark.parametrize("factor", [1.0, 1.2])
def test_a_batch_in_parts_gets_the_verdict_of_the_whole(ready: tuple[Drift, Any], parts: int, factor: float) -> None:
    detector, reference = ready
    batch = Batch("shop", "b", day(20).with_columns(pl.col("price") * factor).drop(RUN), AT + timedelta(days=20))
    outcome = assert_same_in_parts(batch, reference, Steps([detector], Chain([])), parts, InTurn)
    assert [verdict.status for verdict in outcome.phases["published"]] == ["failed" if factor > 1 else "passed"]
