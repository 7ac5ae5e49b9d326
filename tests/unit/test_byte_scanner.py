"""The scanner of the tests finds a text in every format that a shop's folder may hold, so that its finding nothing says something."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import zstandard
from deltalake import DeltaTable, write_deltalake
from safetensors.numpy import save

from tests.byte_scanner import scan

TEXT = 'Änn "Plänted", änn@mail.example'


def free_page(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "a.db")) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("CREATE TABLE t (c TEXT)")
        database.execute("INSERT INTO t VALUES (?)", [TEXT])
        database.commit()
        database.execute("DROP TABLE t")
        database.commit()


def write_ahead_log(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "a.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (c TEXT)")
        database.execute("INSERT INTO t VALUES (?)", [TEXT])
        database.commit()
        (folder / "copy.db-wal").write_bytes((folder / "a.db-wal").read_bytes())
    (folder / "a.db").unlink()


def checkpoint(folder: Path) -> None:
    write_deltalake(folder / "table", pl.DataFrame({"c": [TEXT]}))
    DeltaTable(folder / "table").create_checkpoint()
    for path in (*(folder / "table").glob("*.parquet"), *(folder / "table/_delta_log").glob("*.json")):
        path.unlink()


WRITERS: dict[str, Callable[[Path], object]] = {
    "text": lambda folder: (folder / "a.csv").write_text(f"id\n{TEXT}\n"),
    "utf-16": lambda folder: (folder / "a.csv").write_text(TEXT, encoding="utf-16"),
    "json": lambda folder: (folder / "a.json").write_text(json.dumps({"c": TEXT})),
    "json in json": lambda folder: (folder / "a.json").write_text(json.dumps({"c": json.dumps([TEXT])})),
    "base64": lambda folder: (folder / "a.txt").write_bytes(b"x " + base64.b64encode(TEXT.encode())),
    "digest": lambda folder: (folder / "a.txt").write_text(hashlib.sha256(TEXT.encode()).hexdigest()),
    "parquet": lambda folder: pl.DataFrame({"c": [TEXT]}).write_parquet(folder / "a.parquet", compression="zstd", statistics=False),
    "parquet, nested": lambda folder: pl.DataFrame({"c": [[{"d": [f"for {TEXT}"]}]]}).write_parquet(folder / "a.parquet"),
    "parquet, metadata": lambda folder: pl.DataFrame({"c": [1]}).write_parquet(folder / "a.parquet", metadata={"c": TEXT}),
    "gzip": lambda folder: (folder / "a.gz").write_bytes(b"before" + gzip.compress(TEXT.encode())),
    "zstd": lambda folder: (folder / "a.zst").write_bytes(b"before" + zstandard.compress(TEXT.encode())),
    "npz": lambda folder: np.savez_compressed(folder / "a.npz", c=np.array([TEXT])),
    "safetensors": lambda folder: (folder / "a.safetensors").write_bytes(save({"w": np.zeros(1)}, {"vocabulary": json.dumps([TEXT])})),
    "free page": free_page,
    "write-ahead log": write_ahead_log,
    "checkpoint": checkpoint,
}


@pytest.mark.parametrize("kind", WRITERS)
def test_a_text_is_found_in_every_format(tmp_path: Path, kind: str) -> None:
    WRITERS[kind](tmp_path)
    assert scan(tmp_path, [TEXT])
    assert not scan(tmp_path, ["Bo Other"])
