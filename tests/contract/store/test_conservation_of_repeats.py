"""Whatever arrives again, changed or not, and whenever a worker dies: every row has exactly one state, and no key is published twice."""

from __future__ import annotations

import functools
import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.reconcile import Reconcile
from sluice.domain import REASONS, ROW, RUN, STATE, Batch, Column, OnChange, Request, RunKind, Schema, Staged, Verdict
from sluice.pipeline import evaluate
from sluice.ports import Snapshot, Steps
from sluice.store import SqlStore, open_store
from sluice.store.failpoints import FAIL_POINTS
from sluice.store.row_states import row_states
from sluice.testing import make_batch
from tests.contract.store.conftest import empty

AT = datetime(2026, 3, 15, tzinfo=UTC)
COLUMNS = (Column("id"), Column("price", "number"), Column("ts", "timestamp"))
MODES: tuple[tuple[str, OnChange | None], ...] = (
    ("append", None), ("append", "keep"), ("append", "replace"), ("snapshot", None), ("upsert", None), ("upsert", "keep"), ("upsert", "hold"),
)  # fmt: skip
CELLS = st.tuples(st.sampled_from(["a", "b", "c", None]), st.sampled_from([1.0, 2.0, -1.0, None]), st.integers(1, 3))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ingest", "ingest", "ingest", "release", "replay", "reject", "undo"]),
        st.lists(CELLS, min_size=1, max_size=5),
        st.sampled_from([None, None, None, *FAIL_POINTS]),
    ),
    min_size=2,
    max_size=6,
)


class Died(Exception):  # a power cut
    """Stands for SIGKILL."""


@dataclass(frozen=True)
class Positive:
    """Hold rows whose price is negative."""

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        del snapshot
        failing = batch.rows.select((pl.col("price") < 0).fill_null(value=False)).to_series()
        status: Any = "failed" if failing.any() else "passed"
        return [Verdict("positive", "expectation", "validity", "critical", "quarantine", status, failing, failing.len(), int(failing.sum()), ("price",))]


@dataclass
class Shop:
    """A store of one dataset, and the steps that judge its batches."""

    folder: Path
    schema: Schema
    url: str
    arrived: set[str] = field(default_factory=set)
    dies_at: str | None = None

    def __post_init__(self) -> None:
        self.store = self.open()
        cleaners = [Deduplicate(self.schema)] if self.schema.mode == "append" else []
        self.steps = Steps([SchemaJudge(self.schema), Positive()], Chain(cleaners), Reconcile(self.schema))

    def open(self) -> SqlStore:
        return open_store(self.url, str(self.folder / "lake"), schemas={"d": self.schema}, policies={}, clock=lambda: AT)

    def pass_point(self, name: str) -> None:
        if name == self.dies_at:
            raise Died

    def carry_out(self, step: str, name: str, cells: Sequence[tuple[str | None, float | None, int]]) -> None:
        if step == "ingest":
            self.ingest(name, cells)
        elif step in ("release", "replay"):
            self.rejudge(name, "release" if step == "release" else "replay")
        elif step == "reject":
            self.reject(name)
        else:
            self.undo(name)

    def ingest(self, name: str, cells: Sequence[tuple[str | None, float | None, int]]) -> None:
        columns = {column: list(values) for column, values in zip(self.schema.names, zip(*cells, strict=True), strict=True)}
        columns["ts"] = [datetime(2026, 3, day, tzinfo=UTC) for day in columns["ts"]]
        batch = make_batch(self.schema, columns, batch_id=name, at=AT)
        self.arrived |= set(batch.rows[ROW])
        self.publish(lambda: batch)

    def rejudge(self, name: str, kind: RunKind) -> None:
        """Judge all held rows again; a release waives what holds them, but for the key."""

        def held() -> Batch | None:
            rows = self.store.quarantine.held("d").drop(REASONS, RUN, strict=False)
            return None if rows.is_empty() else Batch("d", name, rows, AT, whole=False)

        self.publish(held, kind, frozenset({"positive", "deduplicate:conflict"}) if kind == "release" else frozenset())

    def reject(self, name: str) -> None:
        rows = self.store.quarantine.held("d")[ROW].sort().to_list()[:1]
        with self.store.lease("d") as lease:
            self.store.quarantine.reject(lease, Request(name, "reject", "d", "Ada", "wrong", AT), rows)

    def undo(self, name: str) -> None:
        """Judge a published row again, which is held if it is bad."""
        published = self.store.snapshot().published("d")
        if published.collect_schema():
            rows = published.sort(ROW).head(1).drop(RUN).collect().with_columns(price=pl.lit(-1.0))
            if rows.height:
                self.publish(lambda: Batch("d", name, rows, AT, whole=False), "undo")

    def publish(self, batch: Callable[[], Batch | None], kind: RunKind = "ingest", waived: frozenset[str] = frozenset()) -> None:
        """Evaluate and publish; a worker that died is followed by one that recovers and tries again."""
        for _ in range(2):
            try:
                with self.store.lease("d") as lease:
                    self.store.recover()
                    rows = batch()
                    if rows is None or self.store.runs.get(rows.id) is not None:
                        return
                    self.store.publish(lease, self.stage(rows, kind, waived))
                    return
            except Died:
                self.dies_at = None
                self.store.close()
                self.store = self.open()

    def stage(self, batch: Batch, kind: RunKind, waived: frozenset[str]) -> Staged:
        held_rows = functools.partial(self.store.quarantine.held, "d")
        return self.store.stage(evaluate(batch, self.steps, self.store.snapshot(), kind=kind, waived=waived, held_rows=held_rows))


NewShop = Callable[[str, OnChange | None], Shop]


@pytest.fixture
def open_shop_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Path], str], Any, OnChange | None], Shop]:
    """Opens a shop in a new folder, in the database that a function makes there."""
    numbers = itertools.count()

    def make(database: Callable[[Path], str], mode: Any, on_change: OnChange | None) -> Shop:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        shop = Shop(folder, Schema("d", mode, ("id",), COLUMNS, "ts" if mode != "snapshot" else None, on_change=on_change), database(folder))
        for module in ("publisher", "staging"):
            monkeypatch.setattr(f"sluice.store.{module}.fail_point", shop.pass_point)
        return shop

    return make


@pytest.fixture
def shops(template: Path, open_shop_in: Callable[..., Shop]) -> NewShop:
    """A new shop for each example."""
    return functools.partial(open_shop_in, lambda folder: f"sqlite:///{shutil.copy(template, folder / 'sluice.db')}")


@pytest.fixture
def postgres_shops(postgres: str, open_shop_in: Callable[..., Shop]) -> NewShop:
    """A new shop for each example, all in one PostgreSQL database, which each finds empty."""

    def emptied(folder: Path) -> str:
        del folder
        empty(postgres)
        return postgres

    return functools.partial(open_shop_in, emptied)


@pytest.mark.parametrize(("mode", "on_change"), MODES)
@settings(max_examples=10, phases=[Phase.explicit, Phase.reuse, Phase.generate], deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_row_has_exactly_one_state(shops: NewShop, mode: str, on_change: OnChange | None, steps: Any) -> None:
    carry_out(shops(mode, on_change), steps)


@pytest.mark.parametrize(("mode", "on_change"), MODES)
@settings(max_examples=3, phases=[Phase.explicit, Phase.reuse, Phase.generate], deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_row_has_exactly_one_state_in_postgres(postgres_shops: NewShop, mode: str, on_change: OnChange | None, steps: Any) -> None:
    carry_out(postgres_shops(mode, on_change), steps)


def carry_out(shop: Shop, steps: Sequence[tuple[str, Any, str | None]]) -> None:
    """Carry steps out, and check the states of all rows after each."""
    for number, (step, cells, dies_at) in enumerate(steps):
        shop.dies_at = dies_at
        shop.carry_out(step, f"b{number}", cells)
        check(shop)
    shop.store.close()


def check(shop: Shop) -> None:
    """Every arrived row has one state, no key is published twice, the records count what the tables hold."""
    states = row_states(shop.store, "d")
    assert Counter(states[ROW]) == Counter(shop.arrived)
    others = states.filter(pl.col("_other").is_not_null())["_other"]
    assert set(others) <= shop.arrived
    published = shop.store.snapshot().published("d").collect()
    if published.width:
        assert published["id"].is_unique().all()
    runs = [run for run in shop.store.runs.of("d") if run.kind == "ingest"]
    assert all(run.rows == run.good + run.bad + run.copies + run.superseded for run in runs)
    assert sum(run.rows for run in runs) == len(shop.arrived)
    repeats = shop.store.snapshot().repeats("d").collect()
    counted = sum(run.copies + run.superseded + run.replaced for run in shop.store.runs.of("d"))
    assert repeats.height == counted
    assert set(repeats[STATE]) <= {"copy", "superseded"}
