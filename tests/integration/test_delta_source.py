"""A Delta table in the landing folder: found by init, read by run version by version."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake
from typer.testing import CliRunner

from sluice.app import build
from sluice.app.values import erase_value, find_value
from sluice.cli.main import app
from sluice.config import load
from sluice.store.values import ValueQuery

ROWS = 60


def write(folder: Path, start: int) -> None:
    numbers = range(start, start + ROWS)
    amounts = [f"{9 + number % 40}.{number % 10}9" for number in numbers]
    days = [f"2026-11-{1 + start // ROWS:02d}T{number % 24:02d}:{number % 60:02d}:00" for number in numbers]
    rows = pl.DataFrame({"order_id": [f"A{number:06d}" for number in numbers], "ordered_at": days, "amount": amounts})
    typed = rows.with_columns(pl.col("amount").cast(pl.Float64), pl.col("ordered_at").str.to_datetime(time_zone="UTC"))
    write_deltalake(folder, typed, mode="append")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "landing" / "orders", 0)
    return tmp_path


def invoke(*command: str) -> str:
    result = CliRunner().invoke(app, list(command))
    assert result.exit_code == 0, result.output
    return result.output


def published(shop: Path) -> int:
    with build(shop / "sluice.yaml") as sluice:
        return int(sluice.store.snapshot().published("orders").select(pl.len()).collect().item())


def test_table_is_found_and_read_version_by_version(shop: Path) -> None:
    invoke("init", "landing")
    config = load(shop / "sluice.yaml")
    assert config.datasets["orders"].lands_copies
    assert "    files: landing/orders\n      format: delta\n" in (shop / "sluice.yaml").read_text()
    invoke("run")
    assert published(shop) == ROWS
    write(shop / "landing" / "orders", ROWS)
    DeltaTable(shop / "landing" / "orders").optimize.compact()
    invoke("run")
    assert published(shop) == 2 * ROWS
    assert "every file has its dataset" in invoke("doctor")


def test_deleted_rows_are_told_and_stay(shop: Path) -> None:
    invoke("init", "landing")
    invoke("run")
    DeltaTable(shop / "landing" / "orders").delete("order_id = 'A000007'")
    assert "orders: version 1 of the Delta table deletes 1 row, which stays published" in " ".join(invoke("run").split())
    assert published(shop) == ROWS


def test_value_is_found_in_table_and_copies_and_erased_in_the_copies(shop: Path) -> None:
    invoke("init", "landing")
    invoke("run")
    value = ValueQuery("A000007")
    with build(shop / "sluice.yaml") as sluice:
        assert {"source files", "landing copies"} <= {entry.place.name for entry in find_value(sluice, value)}
        erasure = erase_value(sluice, value, "erased-1", by="ann", reason="asked")
        assert [(entry.place.name, entry.where) for entry in erasure.remaining] == [("source files", "orders")]
    write(shop / "landing" / "orders", ROWS)
    invoke("run")
    assert published(shop) == 2 * ROWS


def test_init_on_a_configured_folder_proposes_the_tables_new_column(shop: Path) -> None:
    invoke("init", "landing")
    table = shop / "landing" / "orders"
    rows = DeltaTable(table).to_pyarrow_table()
    write_deltalake(table, pl.DataFrame(rows).with_columns(note=pl.lit("gift")), mode="append", schema_mode="merge")
    assert "orders.note" in invoke("init", "landing")
