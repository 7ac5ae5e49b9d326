"""Whatever arrives again, changed or not, and whenever a worker dies: every row has exactly one state, and no key is published twice."""

from __future__ import annotations

import functools
import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from checks.schema import SchemaJudge
from cleaning.chain import Chain
from cleaning.deduplicate import Deduplicate
from cleaning.reconcile import Reconcile
from sluice.domain import REASONS, ROW, RUN, STATE, Batch, Column, OnChange, Request, RunKind, Schema, Split, Staged, Verdict
from sluice.pipeline import evaluate
from sluice.ports import Snapshot, Steps
from sluice.store import SqlStore, open_store
from sluice.store.failpoints import FAIL_POINTS
from sluice.store.held_keys import missing_keys
from sluice.store.row_states import row_states
from sluice.store.tables import QUARANTINE_STATUS
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
        st.sampled_from(["ingest", "ingest", "ingest", "release", "replay", "reject", "undo_reject", "undo", "recheck"]),
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


@dataclass(frozen=True)
class Listed:
    """Hold rows whose price no price list has; it was not there when they were published."""

    def judge(self, batch: Batch, snapshot: Snapshot) -> Sequence[Verdict]:
        del snapshot
        failing = batch.rows.select((pl.col("price") == 2).fill_null(value=False)).to_series()
        status: Any = "failed" if failing.any() else "passed"
        return [Verdict("listed", "expectation", "consistency", "critical", "quarantine", status, failing, failing.len(), int(failing.sum()), ("price",))]


@dataclass
class Shop:
    """A store of one dataset, and the steps that judge its batches."""

    folder: Path
    schema: Schema
    url: str
    arrived: set[str] = field(default_factory=set)
    dies_at: str | None = None
    rechecks: str = ""
    day: int = 0

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
        elif step == "undo_reject":
            self.undo_reject(name)
        elif step == "recheck":
            self.recheck(name)
        else:
            self.undo(name)

    def ingest(self, name: str, cells: Sequence[tuple[str | None, float | None, int]]) -> None:
        columns = {column: list(values) for column, values in zip(self.schema.names, zip(*cells, strict=True), strict=True)}
        columns["ts"] = [datetime(2026, 3, day, tzinfo=UTC) for day in columns["ts"]]
        batch = make_batch(self.schema, columns, batch_id=name, at=AT + timedelta(days=self.day))
        self.arrived |= set(batch.rows[ROW])
        self.publish(lambda: batch)

    def rejudge(self, name: str, kind: RunKind) -> None:
        """Judge all held rows again; a release waives what holds them, but for the key."""

        def held() -> Batch | None:
            rows = self.store.quarantine.held("d").drop(REASONS, RUN, strict=False)
            return None if rows.is_empty() else Batch("d", name, rows, AT, whole=False)

        self.publish(held, kind, frozenset({"positive", "listed", "deduplicate:conflict"}) if kind == "release" else frozenset())

    def reject(self, name: str) -> None:
        rows = self.store.quarantine.held("d")[ROW].sort().to_list()[:1]
        with self.store.lease("d") as lease:
            self.store.quarantine.reject(lease, Request(name, "reject", "d", "Ada", "wrong", AT), rows)

    def undo_reject(self, name: str) -> None:
        """Hold again what was rejected, but for rows of older tables."""
        rejected = tuple(self.store.rejections.counts())
        if rejected:
            with self.store.lease("d") as lease:
                assert self.store.rejections.undo(lease, Request(name, "undo_reject", "d", "Ada", "", AT, rejected))

    def undo(self, name: str) -> None:
        """Judge a published row again, which is held if it is bad."""
        published = self.store.snapshot().published("d")
        if published.collect_schema():
            rows = published.sort(ROW).head(1).drop(RUN).collect().with_columns(price=pl.lit(-1.0))
            if rows.height:
                self.publish(lambda: Batch("d", name, rows, AT, whole=False), "undo")

    def recheck(self, name: str) -> None:
        """Judge the rows that are published of one run by a rule that did not judge them before."""
        published = self.store.snapshot().published("d")
        if not published.collect_schema():
            return
        rows = published.filter(pl.col(RUN) == pl.col(RUN).min()).collect()
        self.rechecks, rows = rows[RUN].first() if rows.height else "", rows.drop(RUN)  # type: ignore[assignment]  # text
        if rows.height:
            self.publish(lambda: Batch("d", name, rows, AT, whole=False), "recheck")

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
        if kind == "recheck":
            outcome = evaluate(batch, Steps([Listed()], Chain([])), self.store.snapshot(), kind="recheck")
            return self.store.stage(replace(outcome, rechecks=self.rechecks))

        def of_keys(parts: Split) -> pl.DataFrame:
            """Return the held rows of the batch's keys, which settle what all held rows settle."""
            held, matching = self.store.quarantine.held("d"), self.store.quarantine.held_of_keys(self.schema, parts)
            whole, part = (Reconcile(self.schema).settle_held(parts, rows, self.store.snapshot()) for rows in (held, matching))
            assert whole.copies.equals(part.copies)
            assert whole.superseded.equals(part.superseded)
            return matching

        return self.store.stage(evaluate(batch, self.steps, self.store.snapshot(), kind=kind, waived=waived, held_rows=of_keys))


NewShop = Callable[[str, OnChange | None], Shop]


@pytest.fixture
def open_shop_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Path], str], Any, OnChange | None], Shop]:
    """Opens a shop in a new folder, in the database that a function makes there."""
    numbers = itertools.count()

    def make(database: Callable[[Path], str], mode: Any, on_change: OnChange | None) -> Shop:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        shop = Shop(folder, Schema("d", mode, ("id",), COLUMNS, "ts" if mode != "snapshot" else None, on_change=on_change), database(folder))
        for module in ("publisher", "drafts"):
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
@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_every_row_has_exactly_one_state(shops: NewShop, mode: str, on_change: OnChange | None, steps: Any) -> None:
    carry_out(shops(mode, on_change), steps)


@pytest.mark.parametrize(("mode", "on_change"), MODES)
@settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
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
    revisions = [revision for run in shop.store.runs.of("d") for revision in run.revisions]
    assert all(min(revision.good, revision.bad, revision.copies, revision.superseded, revision.own or 0) >= 0 for revision in revisions)
    repeats = shop.store.snapshot().repeats("d").collect()
    counted = sum(run.copies + run.superseded + run.replaced for run in shop.store.runs.of("d"))
    assert repeats.height == counted
    assert set(repeats[STATE]) <= {"copy", "superseded"}


@pytest.mark.parametrize("dies_at", [None, *FAIL_POINTS])
def test_held_rows_of_a_table_that_was_replaced_are_superseded(shops: NewShop, dies_at: str | None) -> None:
    shop = shops("snapshot", None)
    shop.carry_out("ingest", "b0", [("a", 1.0, 1), ("b", -1.0, 1), ("c", -1.0, 1), ("d", -1.0, 1)])
    shop.dies_at = dies_at
    shop.carry_out("ingest", "b1", [("a", 1.0, 1), ("b", 1.0, 1), ("d", -1.0, 1)])
    check(shop)
    states = row_states(shop.store, "d").filter(pl.col(ROW).str.starts_with("b0.")).sort(ROW).rows()
    table = [("b0.0", "b1.0"), ("b0.1", "b1.1"), ("b0.2", None), ("b0.3", "b1.2")]
    assert states == [(row, "superseded", other) for row, other in table]
    assert shop.store.quarantine.held("d")[ROW].to_list() == ["b1.2"]
    shop.carry_out("release", "b2", [])  # the newest row of a key is released, and no older one
    assert shop.store.snapshot().published("d").collect()[ROW].sort().to_list() == ["b1.0", "b1.1", "b1.2"]
    check(shop)


def test_a_held_row_of_an_older_table_is_never_published(shops: NewShop) -> None:
    shop = shops("snapshot", None)
    shop.carry_out("ingest", "b0", [("a", 1.0, 1), ("b", -1.0, 1)])
    shop.day = 2
    shop.carry_out("ingest", "b1", [("a", 1.0, 1)])
    with shop.store.database.write() as connection:  # as where a database is restored that does not know of a rejection
        connection.execute(delete(QUARANTINE_STATUS))
    assert shop.store.quarantine.held("d")[ROW].to_list() == ["b0.1"]
    shop.carry_out("release", "b2", [])
    assert shop.store.quarantine.held("d").is_empty()
    assert shop.store.snapshot().published("d").collect()[ROW].to_list() == ["b1.0"]


def test_a_key_is_missing_while_its_row_is_held_in_one_table_after_the_other(shops: NewShop) -> None:
    shop = shops("snapshot", None)
    shop.carry_out("ingest", "b0", [("a", 1.0, 1), ("b", 1.0, 1), ("c", 1.0, 1), ("d", -1.0, 1)])
    assert missing_keys(shop.store, "d") == []
    shop.carry_out("ingest", "b1", [("a", 1.0, 1), ("b", -1.0, 1), ("d", -1.0, 1), ("e", -1.0, 1)])
    assert missing_keys(shop.store, "d") == ["b1.1"]  # c is in no row, and d and e were never published
    shop.carry_out("ingest", "b2", [("a", -1.0, 1), ("b", -2.0, 1), ("f", 1.0, 1)])
    assert missing_keys(shop.store, "d") == ["b2.0", "b2.1"]
    check(shop)
    shop.carry_out("reject", "q", [])
    assert missing_keys(shop.store, "d") == ["b2.1"]
    shop.carry_out("release", "r", [])
    assert missing_keys(shop.store, "d") == []
    shop.carry_out("ingest", "b3", [("b", -1.0, 1), ("f", 1.0, 1)])
    assert missing_keys(shop.store, "d") == ["b3.0"]  # it was held, released and published meanwhile
    check(shop)
