"""What every Source must keep to, whatever it reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from sluice.config import Limits
from sluice.domain import RAW, RAW_TYPE, ROW, Column, Schema
from sluice.ports import Source
from sluice.sources import FileSource, SqlSource

SCHEMA = Schema(
    "orders", key=("order_id",), columns=(Column("order_id"), Column("price", "number"), Column("grade", "integer"), Column("changed", "timestamp"))
)
FULL = pl.DataFrame({"order_id": ["1", "2", "3"], "price": ["9.5", "x", None], "grade": ["1", "2", "3"], "changed": ["2026-03-01T10:00:00Z", None, "soon"]})
TABLES = {
    "full": FULL,
    "empty": FULL.clear(),
    "one row": FULL.head(1),
    "all null": FULL.with_columns(pl.lit(None, pl.String).alias(name) for name in ("price", "changed")),
    "a column too many": FULL.with_columns(extra=pl.lit("e")),
    "a column too few": FULL.drop("price", "changed"),
}


def of_files(ending: str) -> Callable[[Path, pl.DataFrame], Source]:
    def make(folder: Path, table: pl.DataFrame) -> Source:
        path = folder / f"orders.{ending}"
        if ending == "csv":
            table.write_csv(path)
        elif ending == "jsonl":
            table.write_ndjson(path)
        else:
            table.write_parquet(path)
        return FileSource(SCHEMA, f"*.{ending}", folder, Limits())

    return make


def of_sql(folder: Path, table: pl.DataFrame) -> Source:
    with sqlite3.connect(folder / "shop.db") as database:
        database.execute(f"create table orders ({', '.join(f'{name} text' for name in table.columns)})")
        database.executemany(f"insert into orders values ({', '.join('?' * table.width)})", table.rows())
    database.close()
    return SqlSource(SCHEMA, f"sqlite:///{folder}/shop.db", "orders", "grade", folder / "landing", Limits())


@pytest.fixture(params=["csv", "jsonl", "parquet", "sql"])
def make(request: pytest.FixtureRequest) -> Callable[[Path, pl.DataFrame], Source]:
    return of_sql if request.param == "sql" else of_files(request.param)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_a_source_gives_the_declared_columns_row_ids_and_kept_cells(make: Callable[[Path, pl.DataFrame], Source], tmp_path: Path, table: pl.DataFrame) -> None:
    source = make(tmp_path, table)
    for arrival in source.arrivals():
        if arrival.uri.endswith("jsonl") and not table.height:
            continue  # lines that are not there have no columns
        batch = source.read(arrival)
        assert dict(batch.rows.schema) == {**SCHEMA.dtypes, ROW: pl.String(), RAW: RAW_TYPE}
        assert batch.rows["order_id"].to_list() == table["order_id"].to_list()
        assert batch.rows[ROW].to_list() == [f"{arrival.id}.{n}" for n in range(table.height)]
        assert (batch.dataset, batch.id, batch.at, batch.whole) == ("orders", arrival.id, arrival.at, True)
        assert set(batch.columns or ()) == set(table.columns)


def test_a_source_is_deterministic(make: Callable[[Path, pl.DataFrame], Source], tmp_path: Path) -> None:
    source = make(tmp_path, FULL)
    first, again = list(source.arrivals()), list(source.arrivals())
    assert len(first) == 1
    assert first == again
    assert source.read(first[0]).rows.equals(source.read(again[0]).rows)


def test_what_does_not_cast_is_kept(make: Callable[[Path, pl.DataFrame], Source], tmp_path: Path) -> None:
    source = make(tmp_path, FULL)
    (arrival,) = source.arrivals()
    assert source.read(arrival).rows[RAW].to_list() == [None, [{"column": "price", "text": "x"}], [{"column": "changed", "text": "soon"}]]
