"""Two small shops, the one clean and the other faulty, written once."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from sluice.demo import Size, write

TINY = Size(days=4, items=150, users=120, per_day=600)


@pytest.fixture(scope="session")
def clean_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    write(folder, 7, TINY, clean=True)
    return folder


@pytest.fixture(scope="session")
def dirty_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dirty")
    write(folder, 7, TINY)
    return folder


@pytest.fixture(scope="session")
def rows() -> Callable[[Path], pl.DataFrame]:
    """Reads a landing file as text, in its order; equal values as equal texts, whatever the format."""
    return _read


def _read(path: Path) -> pl.DataFrame:
    if path.suffix == ".csv":
        return pl.read_csv(path, infer_schema=False)
    if path.suffix == ".parquet":
        typed = pl.read_parquet(path).with_columns(pl.selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
        return typed.select(pl.all().cast(pl.String))
    return pl.read_ndjson(gzip.decompress(path.read_bytes()), infer_schema_length=None).select(pl.all().cast(pl.String))
