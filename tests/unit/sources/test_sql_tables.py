"""What a SQL source asks is written in the dialect of each database that has an extra."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from sluice.config.address import engine_at
from sluice.errors import MissingExtra
from sluice.sources.sql_tables import current_time, newer_rows

ORDERS = sa.Table(
    "orders",
    sa.MetaData(),
    sa.Column("id", sa.Integer),
    sa.Column("price", sa.Numeric),
    sa.Column("changed", sa.DateTime),
    schema="shop",
)


def dialect_of(name: str) -> Any:
    if name == "mysql":
        pytest.importorskip("pymysql", reason="the extra mysql is not installed")
        return engine_at("mysql://reader@127.0.0.1/shop").dialect
    if name == "bigquery":
        return pytest.importorskip("sqlalchemy_bigquery", reason="the extra bigquery is not installed").BigQueryDialect()
    module = {"snowflake": "snowflake.sqlalchemy.snowdialect", "duckdb": "duckdb_engine"}[name]
    package: Any = pytest.importorskip(module, reason=f"the extra {name} is not installed")
    make: Callable[[], Any] = getattr(package, "Dialect", None) or package.dialect
    return make()


@pytest.mark.parametrize("name", ["mysql", "duckdb", "snowflake", "bigquery"])
def test_the_rows_after_a_watermark_are_asked_in_each_dialect(name: str) -> None:
    text = " ".join(str(newer_rows(ORDERS, "changed", "2026-03-01T10:00:00", name).compile(dialect=dialect_of(name))).split())
    table = "`orders`" if name == "bigquery" else "shop.orders"
    time = "`changed`" if name == "bigquery" else "changed"
    assert f" FROM {'`shop`.`orders`' if name == 'bigquery' else table} WHERE {table}.{time} IS NOT NULL AND {table}.{time} >= " in text
    assert text.endswith(f" ORDER BY {table}.{time}")


@pytest.mark.parametrize(("name", "answer"), [("mysql", "utc_timestamp()"), ("duckdb", "CURRENT_TIMESTAMP"), ("bigquery", "CURRENT_TIMESTAMP")])
def test_the_time_is_asked_with_a_function_that_the_database_has(name: str, answer: str) -> None:
    assert answer in str(current_time(name).compile(dialect=dialect_of(name)))


@pytest.mark.parametrize(
    ("dialect", "column", "text", "value"),
    [
        ("bigquery", "changed", "2026-03-01T10:00:00+00:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("snowflake", "price", "9.50", Decimal("9.50")),
        ("mysql", "changed", "2026-03-01T10:00:00", "2026-03-01T10:00:00"),
        ("sqlite", "changed", "2026-03-01 10:00", "2026-03-01 10:00"),
        ("mysql", "id", "12", 12),
    ],
)
def test_a_watermark_has_the_type_that_its_database_compares(dialect: str, column: str, text: str, value: object) -> None:
    assert list(newer_rows(ORDERS, column, text, dialect).compile().params.values()) == [value]


@pytest.mark.parametrize(
    ("address", "package", "extra"),
    [
        ("duckdb:///shop.duckdb", "duckdb_engine", "duckdb"),
        ("mysql://reader@db/shop", "pymysql", "mysql"),
        ("mariadb://reader@db/shop", "pymysql", "mysql"),
        ("bigquery://project", "sqlalchemy_bigquery", "bigquery"),
        ("snowflake://reader@account/shop", "snowflake", "snowflake"),
    ],
)
def test_the_extra_of_a_dialect_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, address: str, package: str, extra: str) -> None:
    def refuse(url: sa.URL, **_: object) -> None:
        if url.get_driver_name() == "pymysql":
            raise ModuleNotFoundError(name="pymysql")
        raise sa.exc.NoSuchModuleError(f"Can't load plugin: sqlalchemy.dialects:{url.drivername}")

    monkeypatch.setattr("sluice.config.address.create_engine", refuse)
    with pytest.raises(MissingExtra, match=rf"^{package} is not installed; `pip install 'sluice\[{extra}\]'` installs it"):
        engine_at(address)


def test_an_address_of_an_unknown_database_stays_an_error_of_its_own() -> None:
    with pytest.raises(sa.exc.ArgumentError, match="nosuchdb"):
        engine_at("nosuchdb://host/shop")
