"""A key is names of columns; a blank part of it can be allowed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from sluice.config import read
from sluice.errors import ConfigError
from sluice.store.delta_commits import Append, Upsert
from sluice.store.lake import Lake
from tests.integration.store.keys import run_key


def schema_with(key: str) -> tuple[tuple[str, ...], bool]:
    text = f"datasets: {{views: {{source: {{files: a.csv}}, mode: upsert, key: {key}, columns: {{sku: {{}}, store: {{}}}}}}}}"
    schema = read(text.encode(), "sluice.yaml", {}).datasets["views"].schema_of("views")
    return schema.key, schema.blank_key


def test_names_alone_hold_rows_with_a_blank_part() -> None:
    assert schema_with("[sku, store]") == (("sku", "store"), False)


def test_a_blank_part_is_allowed_where_it_is_said() -> None:
    assert schema_with("{columns: [sku, store], blank: allowed}") == (("sku", "store"), True)


def test_an_empty_key_is_none() -> None:
    with pytest.raises(ConfigError, match="mode upsert needs a key"):
        schema_with("[]")


def test_an_upsert_replaces_the_row_with_the_same_blank_part(tmp_path: Path) -> None:
    rows = pl.DataFrame({"sku": ["a", "b", "b"], "store": [None, None, "de"], "price": [1, 2, 3]})
    lake = Lake(str(tmp_path))
    lake.write_once("clean", run_key(1, "views"), Append(rows))
    newer = pl.DataFrame({"sku": ["b", "c"], "store": [None, None], "price": [20, 30]}, schema=rows.schema)
    version = lake.write_once("clean", run_key(2, "views"), Upsert(newer, ("sku", "store")))
    assert sorted(lake.scan("clean", "views", version).collect().rows(), key=str) == [("a", None, 1), ("b", "de", 3), ("b", None, 20), ("c", None, 30)]
