"""A SQL table as a source: nothing lost, nothing twice, on SQLite, DuckDB and PostgreSQL."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from sluice.config import Limits
from sluice.config.address import engine_at
from sluice.domain import Column, Schema
from sluice.errors import SourceError
from sluice.sources import SqlSource

SCHEMA = Schema("orders", key=("order_id",), columns=(Column("order_id"), Column("price", "number"), Column("paid", "boolean"), Column("changed", "timestamp")))
POSTGRES = os.environ.get("SLUICE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


class Shop:
    """A database with a table of orders."""

    def __init__(self, url: str, schema: str | None, landing: Path) -> None:
        self.engine = engine_at(url, poolclass=sa.NullPool)
        self.url, self.landing = url, landing
        self.name = f"{schema}.orders" if schema else "orders"
        columns = (
            sa.Column("order_id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("price", sa.Numeric(10, 2)),
            sa.Column("paid", sa.Boolean),
            sa.Column("changed", sa.DateTime),
        )
        self.orders = sa.Table("orders", sa.MetaData(), *columns, sa.Column("grade", sa.Integer), schema=schema)
        self.orders.create(self.engine, checkfirst=False)

    def add(self, *rows: tuple[int, int]) -> None:
        """Orders by number and grade, changed on the grade's day."""
        values = [{"order_id": n, "price": Decimal("9.50"), "paid": True, "changed": datetime(2026, 3, grade), "grade": grade} for n, grade in rows]  # noqa: DTZ001  # as the column has it
        with self.engine.begin() as connection:
            connection.execute(self.orders.insert(), values)

    def source(self, watermark: str = "grade", **settings: Any) -> SqlSource:
        return SqlSource(SCHEMA, self.url, self.name, watermark, self.landing, Limits(), **settings)


@pytest.fixture(params=["sqlite", "duckdb", "postgres"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    if request.param == "duckdb":
        pytest.importorskip("duckdb_engine", reason="the extra duckdb is not installed")
    if request.param != "postgres":
        yield Shop(f"{request.param}:///{tmp_path}/shop.db", None, tmp_path / "landing")
        return
    engine, schema = engine_at(POSTGRES, poolclass=sa.NullPool), f"shop_{uuid.uuid4().hex[:8]}"
    try:
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(schema))
    except sa.exc.DBAPIError:
        if "postgres" in os.environ.get("SLUICE_REQUIRE", ""):
            raise
        pytest.skip("PostgreSQL does not answer; set SLUICE_TEST_POSTGRES")
    try:
        yield Shop(POSTGRES, schema, tmp_path / "landing")
    finally:
        with engine.begin() as connection:
            connection.execute(sa.schema.DropSchema(schema, cascade=True))


def orders(source: SqlSource) -> list[list[str]]:
    return [source.read(arrival).rows["order_id"].to_list() for arrival in source.arrivals()]


@pytest.mark.parametrize("watermark", ["grade", "changed", "order_id"])
def test_only_new_rows_are_landed_and_old_arrivals_stay(shop: Shop, watermark: str) -> None:
    shop.add((1, 1), (2, 2))
    source = shop.source(watermark)
    (first,) = source.arrivals()
    assert orders(source) == [["1", "2"]]
    shop.add((3, 3))
    assert orders(source) == [["1", "2"], ["3"]]
    assert next(iter(source.arrivals())) == first


@pytest.mark.parametrize("watermark", ["grade", "changed"])
def test_rows_that_share_the_last_watermark_are_not_lost(shop: Shop, watermark: str) -> None:
    source = shop.source(watermark)
    shop.add((1, 1), (2, 2))
    list(source.arrivals())
    shop.add((3, 2))
    list(source.arrivals())
    shop.add((4, 2), (5, 3))
    assert orders(source) == [["1", "2"], ["3"], ["4", "5"]]


def test_a_large_table_is_landed_in_parts(shop: Shop) -> None:
    shop.add(*((n, 1 + n // 4) for n in range(10)))
    source = shop.source(rows=3)
    shop.add((10, 3), (11, 3))
    batches = orders(source)
    assert [len(part) for part in batches] == [3, 3, 3, 3]
    assert sorted(int(order) for part in batches for order in part) == list(range(12))


def test_cells_are_cast_as_those_of_a_file(shop: Shop) -> None:
    shop.add((1, 2))
    source = shop.source("changed")
    (arrival,) = source.arrivals()
    batch = source.read(arrival)
    assert batch.rows.row(0)[1:4] == (9.5, True, datetime(2026, 3, 2, tzinfo=UTC))
    assert batch.columns == ("order_id", "price", "paid", "changed", "grade")
    assert arrival.at == datetime(2026, 3, 2, tzinfo=UTC)


def test_without_a_time_the_database_tells_when_rows_were_read(shop: Shop) -> None:
    shop.add((1, 2))
    (arrival,) = shop.source("grade").arrivals()
    assert arrival.at.tzinfo is not None
    assert arrival.at > datetime(2026, 1, 1, tzinfo=UTC)


def test_an_empty_table_gives_no_arrival(shop: Shop) -> None:
    assert orders(shop.source()) == []


def test_a_table_or_column_that_is_not_there_is_told(shop: Shop) -> None:
    with pytest.raises(SourceError, match=r"has no column grad; did you mean grade?"):
        list(shop.source("grad").arrivals())
    missing = SqlSource(SCHEMA, shop.url, f"{shop.name}s", "grade", shop.landing, Limits())
    with pytest.raises(SourceError, match=r"there is no table .*orderss; did you mean orders?"):
        list(missing.arrivals())


def test_a_database_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    source = SqlSource(SCHEMA, "postgresql://postgres:secret@127.0.0.1:1/shop", "orders", "grade", tmp_path, Limits())
    with pytest.raises(SourceError, match=r"postgresql at 127.0.0.1 does not give its rows") as error:
        list(source.arrivals())
    assert "secret" not in str(error.value)


def test_text_that_sqlite_holds_in_a_column_of_times_is_read_as_it_is(tmp_path: Path) -> None:
    shop = Shop(f"sqlite:///{tmp_path}/shop.db", None, tmp_path / "landing")

    with shop.engine.begin() as connection:
        for number, changed in ((1, "2026-03-01T10:00:00Z"), (2, "2026-03-02T10:00:00Z"), (3, "2026-03-02T10:00:00Z")):
            connection.execute(sa.text("insert into orders (order_id, changed) values (:n, :c)"), {"n": number, "c": changed})
    source = shop.source("changed")
    assert orders(source) == [["1", "2", "3"]]
    assert orders(source) == [["1", "2", "3"]]


def test_duckdb_gives_views_of_a_schema_with_lists_and_large_numbers(tmp_path: Path) -> None:
    pytest.importorskip("duckdb_engine", reason="the extra duckdb is not installed")
    url = f"duckdb:///{tmp_path}/shop.db"
    with engine_at(url, poolclass=sa.NullPool).begin() as connection:
        connection.execute(sa.text("create schema sales"))
        connection.execute(sa.text("create table sales.lines (id hugeint, tags varchar[], price decimal(10, 2))"))
        connection.execute(sa.text("insert into sales.lines values (9, ['a', 'b'], 9.50), (18446744073709551616, null, 1)"))
        connection.execute(sa.text("create view sales.recent as select * from sales.lines"))
    schema = Schema("lines", columns=(Column("id"), Column("tags"), Column("price", "number")))
    source = SqlSource(schema, url, "sales.recent", "id", tmp_path / "landing", Limits())
    (arrival,) = source.arrivals()
    assert source.read(arrival).rows.select("id", "tags", "price").rows() == [("9", '["a", "b"]', 9.5), ("18446744073709551616", None, 1.0)]
    assert len(list(source.arrivals())) == 1


@pytest.mark.parametrize(
    ("watermark", "look_back", "late"), [("grade", 2, True), ("grade", 0, False), ("changed", timedelta(days=2), True), ("changed", timedelta(0), False)]
)
def test_rows_that_commit_late_are_read_where_they_are_in_the_window(shop: Shop, watermark: str, look_back: object, late: bool) -> None:
    source = shop.source(watermark, look_back=look_back)
    shop.add((1, 5), (2, 8))
    list(source.arrivals())
    shop.add((3, 7), (4, 5))
    assert orders(source) == ([["1", "2"], ["3"]] if late else [["1", "2"]])
    shop.add((5, 8))
    assert orders(source)[-1] == ["5"]


def test_equal_rows_within_the_window_are_each_read_once(tmp_path: Path) -> None:
    shop = Shop(f"sqlite:///{tmp_path}/shop.db", None, tmp_path / "landing")
    with shop.engine.begin() as connection:
        connection.execute(sa.text("create table clicks (page text, at integer)"))
        connection.execute(sa.text("insert into clicks values ('a', 1), ('a', 1), ('b', 2)"))
    source = SqlSource(Schema("clicks", columns=(Column("page"), Column("at", "integer"))), shop.url, "clicks", "at", shop.landing, Limits(), rows=2)
    assert [source.read(arrival).rows["page"].to_list() for arrival in source.arrivals()] == [["a", "a"], ["b"]]
    with shop.engine.begin() as connection:
        connection.execute(sa.text("insert into clicks values ('a', 1), ('a', 2)"))
    assert [source.read(arrival).rows["page"].to_list() for arrival in source.arrivals()] == [["a", "a"], ["b"], ["a"], ["a"]]
    assert len(list(source.arrivals())) == 4


def test_files_that_an_earlier_version_landed_are_gone_on_from(shop: Shop) -> None:
    shop.add((1, 1), (2, 2))
    source = shop.source("grade", look_back=0)
    list(source.arrivals())
    (path,) = shop.landing.glob("*.parquet")
    metadata = {key: value for key, value in pl.read_parquet_metadata(path).items() if key == "sluice.at"}
    pl.read_parquet(path).write_parquet(path, metadata=metadata)  # as it wrote them: without a mark
    shop.add((3, 2), (4, 3))
    assert orders(source) == [["1", "2"], ["3", "4"]]
