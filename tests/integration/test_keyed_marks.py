"""Digests of rows that say up to where a table was read are put under a key, and no row is read twice by it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select

from sluice.app import App, build
from sluice.app.forget import forget, identify
from sluice.errors import SourceError
from sluice.rules.keyed_digests import key_of
from sluice.sources.landing import MARK
from sluice.store.tables import RUNS
from sluice.wiring.forget_key import FORMER_VARIABLE, KEY_VARIABLE

FIRST, SECOND = "a first key of the tests", "a second key of the tests"
CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  reviews:
    source: {url: "sqlite:///FOLDER/shop.db", table: reviews, watermark: id}
    mode: append
    columns: {id: {required: true}, email: {personal: true}, text: {}}
"""


def write(folder: Path, *numbers: int) -> None:
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        shop.execute("CREATE TABLE IF NOT EXISTS reviews (id INTEGER, email TEXT, text TEXT)")
        shop.executemany("INSERT INTO reviews VALUES (?, ?, ?)", [(number, f"p{number}@mail.example", "fine") for number in numbers])
        shop.commit()


def published(folder: Path) -> int:
    with build(folder / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        return app.store.snapshot().published("reviews").collect().height


def stored_digests(app: App) -> list[str]:
    """Return the digests of rows in the database, the records in the lake and the landed files."""
    with app.store.database.read() as connection:
        marks = list(connection.scalars(select(RUNS.c.mark).where(RUNS.c.mark.is_not(None))))
    state = app.config.root / ".sluice"
    marks += [json.loads(path.read_text())["run"]["mark"] for path in (state / "lake/_runs/reviews").glob("*.json")]
    marks += [json.loads(pl.read_parquet_metadata(path)[MARK]) for path in (state / "landing/reviews").glob("*.parquet")]
    return [digest for mark in marks for digest in mark["digests"].split()]


def test_digests_of_rows_are_put_under_a_key_and_no_row_is_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    (tmp_path / "sluice.yaml").write_text(CONFIG.replace("FOLDER", str(tmp_path)))
    write(tmp_path, 1, 2, 3)
    assert published(tmp_path) == 3
    monkeypatch.setenv(KEY_VARIABLE, FIRST)
    write(tmp_path, 4)
    assert published(tmp_path) == 4, "digests without a key are recognised under one"
    with build(tmp_path / "sluice.yaml") as app:
        assert {key_of(digest) is None for digest in stored_digests(app)} == {True, False}
        forget(app, identify(app, "", ["email"], ["p2@mail.example"]), by="Ada", reason="request 1")
        assert {key_of(digest) is None for digest in stored_digests(app)} == {False}
    write(tmp_path, 5)
    assert published(tmp_path) == 5

    monkeypatch.setenv(KEY_VARIABLE, SECOND)
    monkeypatch.setenv(FORMER_VARIABLE, FIRST)
    write(tmp_path, 6)
    assert published(tmp_path) == 6
    assert published(tmp_path) == 6


def test_without_the_key_a_table_is_not_read_and_says_which_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, FIRST)
    (tmp_path / "sluice.yaml").write_text(CONFIG.replace("FOLDER", str(tmp_path)))
    write(tmp_path, 1, 2)
    assert published(tmp_path) == 2
    monkeypatch.delenv(KEY_VARIABLE)
    with build(tmp_path / "sluice.yaml") as app, pytest.raises(SourceError, match=r"rows of reviews were read under the key [0-9a-f]{8} of SLUICE_FORGET_KEY"):
        app.pending_arrivals()
