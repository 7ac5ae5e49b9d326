"""A SQL or Delta table that is read by two machines, each with its own folder `.sluice`: nothing is read twice, nothing is lost."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from deltalake import write_deltalake

from sluice.app import App, build

CONFIG = """
clock: 2026-03-10T00:00:00Z
database: "sqlite:///{root}/records.db"
lake: "{root}/lake"
datasets:
  sales:
    source: {{url: "sqlite:///{root}/shop.db", table: sales, watermark: id}}
    mode: append
    columns: {{id: {{type: integer}}, price: {{type: number}}}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop:
        shop.execute("create table sales (id integer, price real)")
        shop.commit()
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sluice.yaml").write_text(CONFIG.format(root=tmp_path))
    return tmp_path


def sell(root: Path, *ids: int) -> None:
    with closing(sqlite3.connect(root / "shop.db")) as shop:
        shop.executemany("insert into sales values (?, 1.5)", [(number,) for number in ids])
        shop.commit()


def publish(app: App) -> list[int]:
    return [run.good for run in app.run(app.pending_arrivals())]


def published(app: App) -> list[int]:
    return sorted(app.store.snapshot().published("sales").collect()["id"])


def test_a_second_machine_goes_on_where_the_first_ended(root: Path) -> None:
    with build(root / "first" / "sluice.yaml") as first, build(root / "second" / "sluice.yaml") as second:
        sell(root, 1, 2)
        assert publish(first) == [2]
        sell(root, 3)
        assert publish(second) == [1]
        sell(root, 4)
        assert (publish(first), publish(second)) == ([1], [])
        assert published(first) == [1, 2, 3, 4]


def test_landed_files_that_are_lost_are_no_loss(root: Path) -> None:
    with build(root / "first" / "sluice.yaml") as app:
        sell(root, 1, 2)
        publish(app)
        sell(root, 3)
        assert len(app.pending_arrivals()) == 1  # landed, and not published
        shutil.rmtree(root / "first" / ".sluice" / "landing")
        assert publish(app) == [1]
        assert published(app) == [1, 2, 3]


def test_rows_that_both_machines_have_landed_are_published_once(root: Path) -> None:
    with build(root / "first" / "sluice.yaml") as first, build(root / "second" / "sluice.yaml") as second:
        sell(root, 1)
        publish(first)
        sell(root, 2)
        stale = second.pending_arrivals()
        sell(root, 3)
        stale = [*second.pending_arrivals()]
        assert len(stale) == 2
        assert publish(first) == [2]
        assert list(second.run(stale)) == []
        assert publish(second) == []
        sell(root, 4)
        assert publish(second) == [1]
        assert published(first) == [1, 2, 3, 4]


def test_a_row_that_commits_late_is_published_by_whoever_reads_next(root: Path) -> None:
    with build(root / "first" / "sluice.yaml") as first, build(root / "second" / "sluice.yaml") as second:
        sell(root, 1, 5)
        publish(first)
        sell(root, 4, 6)
        assert publish(second) == [2]
        sell(root, 3)
        assert publish(first) == [1]
        assert published(first) == [1, 3, 4, 5, 6]


def test_a_table_that_an_earlier_version_read_elsewhere_is_not_read_from_its_beginning(root: Path) -> None:
    with build(root / "first" / "sluice.yaml") as first:
        sell(root, 1, 2)
        publish(first)
        with first.store.database.write() as connection:
            connection.exec_driver_sql("update runs set mark = null")
    with build(root / "second" / "sluice.yaml") as second, pytest.raises(Exception, match="an earlier version read sales"):
        second.pending_arrivals()


DELTA = CONFIG.replace('{{url: "sqlite:///{root}/shop.db", table: sales, watermark: id}}', '{{files: "{root}/table", format: delta}}')


def write(root: Path, *ids: int) -> None:
    write_deltalake(root / "table", pl.DataFrame({"id": ids, "price": [1.5] * len(ids)}), mode="append")


@pytest.fixture
def with_delta(root: Path) -> Path:
    for name in ("first", "second"):
        (root / name / "sluice.yaml").write_text(DELTA.format(root=root))
    return root


def test_a_second_machine_goes_on_at_the_version_of_a_delta_table_where_the_first_ended(with_delta: Path) -> None:
    with build(with_delta / "first" / "sluice.yaml") as first, build(with_delta / "second" / "sluice.yaml") as second:
        write(with_delta, 1, 2)
        assert publish(first) == [2]
        assert publish(second) == []
        write(with_delta, 3)
        assert publish(second) == [1]
        write(with_delta, 4)
        write(with_delta, 5)
        stale = second.pending_arrivals()
        assert (len(stale), publish(first), list(second.run(stale)), publish(second)) == (2, [1, 1], [], [])
        assert published(first) == [1, 2, 3, 4, 5]


def test_landed_files_of_a_delta_table_that_are_lost_are_no_loss(with_delta: Path) -> None:
    with build(with_delta / "first" / "sluice.yaml") as app:
        write(with_delta, 1, 2)
        publish(app)
        write(with_delta, 3)
        assert len(app.pending_arrivals()) == 1
        shutil.rmtree(with_delta / "first" / ".sluice" / "landing")
        assert publish(app) == [1]
        assert published(app) == [1, 2, 3]
