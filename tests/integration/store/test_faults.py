"""Whatever is away, full, locked or damaged is told in one line, and leaves nothing half-done."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import text

from sluice.domain import Message
from sluice.errors import StoreError
from sluice.store import Database, Lake, connect, upgrade
from sluice.store.delta_commits import Append
from sluice.store.lake_errors import lake_errors
from tests.integration.store.keys import run_key

ROWS = pl.DataFrame({"_row_id": ["a"], "price": [1.0]})


def ask(url: str) -> None:
    database = Database(connect(url))
    try:
        with database.write() as session:
            session.execute(text("SELECT 1 FROM runs"))
    finally:
        database.engine.dispose()


def one_line(error: pytest.ExceptionInfo[StoreError]) -> str:
    assert "\n" not in str(error.value)
    assert "\x1b" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("url", ["mysql://host/x", "no address", "postgresql://u:secret@127.0.0.1:1/x"])
def test_an_address_that_leads_nowhere(url: str) -> None:
    with pytest.raises(StoreError) as error:
        ask(url)
    assert "secret" not in one_line(error)


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="folder is missing") as error:
        ask(f"sqlite:///{tmp_path}/nowhere/sluice.db")
    assert one_line(error)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "sluice.db").write_bytes(b"something else entirely" * 100)
    with pytest.raises(StoreError, match="damaged"):
        ask(f"sqlite:///{tmp_path}/sluice.db")


def test_a_locked_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/sluice.db"
    engine = connect(url)
    upgrade(engine)
    other = sqlite3.connect(tmp_path / "sluice.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    database = Database(engine)
    with engine.connect() as patient:
        patient.connection.execute("PRAGMA busy_timeout=50")
    with database.read() as session:  # a reader waits for nobody
        assert session.execute(text("SELECT count(*) FROM runs")).scalar_one() == 0
    with pytest.raises(StoreError, match="locked by another program"), database.write() as session:
        session.execute(text("DELETE FROM runs"))
    other.close()
    engine.dispose()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(str(tmp_path / "lake"))
    lake.write_once("clean", run_key(1), Append(ROWS))
    return lake


def test_a_change_is_committed_once(lake: Lake) -> None:
    assert lake.write_once("clean", run_key(1), Append(ROWS)) == 1
    assert lake.write_once("clean", run_key(2), Append(ROWS.clear())) is None
    assert lake.write_once("clean", run_key(2), Append(ROWS)) == 2
    assert lake.scan("clean", "events", 2).collect().height == 2
    assert lake.has("clean", run_key(2))
    assert not lake.has("clean", run_key(3))


def test_a_garbled_log(lake: Lake) -> None:
    log = Path(lake.address("clean", "events"), "_delta_log")
    (log / "00000000000000000001.json").write_text("{garbled")
    with pytest.raises(StoreError, match="clean/events") as error:
        lake.write_once("clean", run_key(2), Append(ROWS))
    assert one_line(error)


def test_a_column_of_another_type(lake: Lake) -> None:
    with pytest.raises(StoreError, match="type changed") as error:
        lake.write_once("clean", run_key(2), Append(ROWS.with_columns(price=pl.lit("dear"))))
    assert "dear" not in one_line(error)


def test_a_lake_where_a_file_stands(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("a file")
    with pytest.raises(StoreError) as error:
        Lake(str(tmp_path / "lake")).probe()
    assert one_line(error)


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (OSError(28, "No space left on device"), "disk is full"),
        (OSError("\x1b[31mParquet error\x1b[0m: No space left on device\nmore"), "disk is full"),
        (PermissionError(13, "Permission denied"), "permissions"),
        (FileNotFoundError(2, "No such file or directory"), "missing"),
        (Exception("Cast error: cannot cast 'secret' to Float64"), "type changed"),
        (pl.exceptions.ComputeError("parquet: File out of specification: secret"), "cannot be read"),
        (OSError("\x1b[31mhow odd\x1b[0m\nsecond line"), "how odd"),
    ],
)
def test_each_fault_says_what_to_do(raised: Exception, message: str) -> None:
    with pytest.raises(StoreError, match=message) as error, lake_errors(Message.of("lake", lake="x")):
        raise raised
    assert "secret" not in one_line(error)


def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(TypeError), lake_errors(Message.of("lake", lake="x")):
        raise TypeError
