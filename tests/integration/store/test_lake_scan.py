"""Versions of a Delta table are read the same with few files and with many, whatever the folder is called."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sluice.errors import StoreError
from sluice.store.delta_commits import Append
from sluice.store.lake import Lake
from tests.integration.store.keys import run_key


@pytest.mark.parametrize("files", [2, 20])
def test_every_version_has_its_rows_and_its_columns(tmp_path: Path, files: int) -> None:
    lake = Lake(str(tmp_path / "My lake, ü* #1"))
    for number in range(1, files + 1):
        rows = pl.DataFrame({"_row_id": [f"r{number}"], **({"size": [float(number)]} if number > 1 else {})})
        lake.write_once("clean", run_key(number, "items"), Append(rows))
    first, last = lake.scan("clean", "items", 1), lake.scan("clean", "items", files)
    assert first.collect().to_dict(as_series=False) == {"_row_id": ["r1"]}
    expected = {"_row_id": [f"r{number}" for number in range(1, files + 1)], "size": [None, *map(float, range(2, files + 1))]}
    assert last.sort(pl.col("_row_id").str.slice(1).cast(pl.Int64)).collect().to_dict(as_series=False) == expected
    assert last.filter(pl.col("size") > 1).select(pl.len()).collect().item() == files - 1


def test_a_folder_that_delta_cannot_write_to_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be kept in a folder with \[\]% in its path"):
        Lake(str(tmp_path / "lake [1] 50%")).probe()
