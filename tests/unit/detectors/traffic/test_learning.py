"""The life of the state: learned from accepted batches, learning on, and no more than it was promised to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from detectors.traffic.detector import Traffic
from detectors.traffic.state import TrafficState
from sluice.domain import ROW, RUN, Artifact, Batch, Column, Run, RunKind, Schema
from sluice.errors import ModelError
from sluice.ports import IncrementalTrainer, Snapshot

START = datetime(2026, 3, 2, tzinfo=UTC)
COLUMNS = (*(Column(name) for name in ("user_id", "item_id", "event_type")), Column("ts", "timestamp"), Column("price", "number"))
TRAFFIC = Traffic(Schema("events", time="ts", columns=COLUMNS), kind="event_type", price="price", dataset="catalog", min_rows=1000)


@dataclass(frozen=True, eq=False)
class Days:
    """Days of events, each a run, and the catalog of the last of them."""

    days: int
    models: Mapping[str, Artifact] = field(default_factory=dict)
    cost: float = 10.0
    released: bool = False
    id: str = "7"

    def published(self, dataset: str) -> pl.LazyFrame:
        if dataset == "catalog":
            return pl.LazyFrame({"item_id": [f"i{n}" for n in range(50)], "price": [self.cost] * 50})
        return pl.concat([events(day).with_columns(pl.lit(f"run{day}").alias(RUN)) for day in range(self.days)]).lazy() if self.days else pl.LazyFrame()

    def repairs(self, dataset: str) -> pl.LazyFrame:
        return pl.LazyFrame()

    def quarantine(self, dataset: str) -> pl.LazyFrame:
        raise AssertionError(dataset)

    def runs(self, dataset: str) -> list[Run]:
        kind: RunKind = "release" if self.released else "ingest"
        return [Run(f"run{day}", dataset, kind, day, closes(day), "published", good=events(day).height) for day in range(self.days)]

    def metrics(self, dataset: str, runs: object = None) -> pl.DataFrame:
        raise AssertionError(dataset)

    def model(self, name: str) -> Artifact | None:
        return self.models.get(name)

    def without(self, batch_id: str) -> Snapshot:
        raise AssertionError(batch_id)


def closes(day: int) -> datetime:
    return START + timedelta(days=day + 1)


def events(day: int) -> pl.DataFrame:
    """Looks, a tenth of them followed by a purchase; on the third day, twenty purchases of what was not looked at."""
    rng = np.random.default_rng(day)
    rows: list[tuple[object, ...]] = []
    for user in range(250):
        for item in rng.integers(50, size=4):
            at = START + timedelta(days=day, seconds=float(rng.uniform(0, 80_000)))
            rows.append((f"u{user}", f"i{item}", "view", at, 10.0, ""))
            if rng.random() < 0.3:
                rows.append((f"u{user}", f"i{item}", "purchase", at + timedelta(seconds=90), 10.0, ""))
    rows += [(f"guest{n}", "i1", "purchase", START + timedelta(days=day, hours=9), 10.0, "") for n in range(20 if day == 3 else 0)]
    frame = pl.DataFrame(rows, schema={**{column.name: column.dtype for column in COLUMNS}, ROW: pl.String()}, orient="row")
    return frame.with_columns(pl.format("{}.{}", pl.lit(f"{day}"), pl.int_range(pl.len())).alias(ROW))


def trained(days: int) -> Days:
    return Days(days, {TRAFFIC.name: TRAFFIC.train(Days(days), seed=0)})


def failed(snapshot: Days, rows: pl.DataFrame, rule: str, day: int) -> int:
    (verdict,) = (entry for entry in TRAFFIC.judge(Batch("events", "b", rows, closes(day)), snapshot) if entry.rule == f"traffic:{rule}")
    return verdict.failed


def odd_purchases(day: int) -> pl.DataFrame:
    rows = events(day)
    odd = rows.filter(pl.col("event_type") == "purchase").head(5).with_columns(user_id=pl.lit("nobody"), **{ROW: "odd" + pl.col(ROW)})
    return pl.concat([rows, odd])


def test_it_learns_on() -> None:
    assert isinstance(TRAFFIC, IncrementalTrainer)


def test_only_what_history_tells_is_odd() -> None:
    assert failed(trained(3), odd_purchases(4), "rare_transition", 4) == 5


def test_too_little_history_is_told() -> None:
    with pytest.raises(ModelError, match="waits for"):
        TRAFFIC.train(Days(0), seed=0)
    statuses = {entry.rule: entry.status for entry in TRAFFIC.judge(Batch("events", "b", events(0), closes(0)), Days(0))}
    assert statuses["traffic:rare_transition"] == "skipped"
    assert statuses["traffic:crawler"] == "passed"


def test_a_fit_and_updates_know_the_same_where_nothing_is_odd() -> None:
    start = trained(1)
    updated = TRAFFIC.partial_fit(start.models[TRAFFIC.name], replace(Days(3), models=start.models), seed=0)
    whole = TRAFFIC.train(Days(3), seed=0)
    assert updated.card["seen"] == whole.card["seen"] == ["run0", "run1", "run2"]
    one, other = (TrafficState.unpack(entry.tensors).parts["rare_transition"].pack() for entry in (updated, whole))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_the_rows_of_the_last_fit_stay_on_the_card() -> None:
    start = trained(1)
    assert TRAFFIC.partial_fit(start.models[TRAFFIC.name], Days(2), seed=0).card["rows"] == start.models[TRAFFIC.name].card["rows"] == events(0).height


def test_what_was_seen_is_not_learned_again() -> None:
    start = trained(3)
    assert TRAFFIC.partial_fit(start.models[TRAFFIC.name], Days(3), seed=0).tensors == TRAFFIC.partial_fit(start.models[TRAFFIC.name], start, seed=0).tensors


@pytest.mark.parametrize(("released", "findings"), [(False, True), (True, False)])
def test_what_was_flagged_is_learned_only_once_it_is_released(released: bool, findings: bool) -> None:
    start = trained(3)
    updated = TRAFFIC.partial_fit(start.models[TRAFFIC.name], Days(4, released=released), seed=0)
    assert bool(failed(Days(4, {TRAFFIC.name: updated}), odd_purchases(4), "rare_transition", 4)) == findings


def test_old_prices_outlive_a_fit() -> None:
    first = Days(2, cost=9.0)
    second = replace(Days(3), models={TRAFFIC.name: TRAFFIC.train(first, seed=0)})
    third = replace(Days(4), models={TRAFFIC.name: TRAFFIC.train(second, seed=0)})
    stale = events(3).head(7).with_columns(price=pl.lit(9.0))
    assert failed(third, stale, "price_mismatch", 3) == 7
    assert failed(third, events(3), "price_mismatch", 3) == 0


def test_training_is_deterministic() -> None:
    assert TRAFFIC.train(Days(2), seed=0).tensors == TRAFFIC.train(Days(2), seed=1).tensors


def test_a_damaged_state_is_refused() -> None:
    with pytest.raises(ModelError, match="damaged"):
        TrafficState.unpack(b"nothing")


def test_no_visitor_can_be_read_from_the_state() -> None:
    assert b"u17" not in trained(2).models[TRAFFIC.name].tensors


def test_ways_whose_columns_are_not_named_do_not_speak() -> None:
    rules = {entry.rule for entry in TRAFFIC.judge(Batch("events", "b", events(0), closes(0)), Days(0))}
    assert {"traffic:rare_path", "traffic:shared_session"} & rules == set()
    assert {"traffic:burst", "traffic:hourly_volume", "traffic:price_mismatch"} <= rules


@pytest.mark.parametrize(("settings", "outcome"), [({"patterns": ("rare_path",)}, "rare_path needs session"), ({"patterns": ("walk",)}, "walk is none")])
def test_settings_that_do_not_fit(settings: dict[str, tuple[str, ...]], outcome: str) -> None:
    with pytest.raises(ValueError, match=outcome):
        replace(TRAFFIC, **settings)  # type: ignore[arg-type]
