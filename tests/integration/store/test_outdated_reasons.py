"""A quarantine that 0.1 wrote, whose reasons have neither code nor parameters, is read, appended to and merged into."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import CommitProperties, DeltaTable, write_deltalake

from sluice.domain import REASON_TYPE, REASONS, ROW
from sluice.store.delta_commits import Append, Commit, Replace
from sluice.store.lake import Lake
from tests.integration.store.keys import run_key

INNER: Any = REASON_TYPE.inner
OLD_TYPE = pl.List(pl.Struct([field for field in INNER.fields if field.name not in ("code", "params")]))


def reason(name: str, **more: str) -> dict[str, object]:
    return {"name": name, "message": f"{name} fails", "columns": ["x"], **more}


def rows(dtype: pl.DataType, **reasons: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame({ROW: list(reasons), REASONS: [[reason] for reason in reasons.values()]}, schema={ROW: pl.String, REASONS: dtype})


NEW = rows(REASON_TYPE, a=reason("again", code="c", params="{}"), c=reason("new", code="c", params='{"n": 1}'))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    path = tmp_path / "quarantine" / "events"
    old = rows(OLD_TYPE, a=reason("old"), b=reason("kept"))
    write_deltalake(DeltaTable.create(path, old.schema), old, mode="append")
    return Lake(str(tmp_path))


def read(lake: Lake, version: int) -> dict[str, tuple[str, str | None]]:
    stored = lake.scan("quarantine", "events", version).collect()
    assert stored.schema[REASONS] == REASON_TYPE
    return {row: (reasons[0]["name"], reasons[0]["code"]) for row, reasons in stored.sort(ROW).iter_rows()}


@pytest.mark.parametrize(
    ("commit", "after"),
    [
        (Append(NEW.tail(1)), {"a": ("old", None), "b": ("kept", None), "c": ("new", "c")}),
        (Replace(NEW, insert=True), {"a": ("again", "c"), "b": ("kept", None), "c": ("new", "c")}),
        (Replace(NEW), {"a": ("again", "c"), "b": ("kept", None)}),
        (Replace(NEW.tail(1), removed=["b"], insert=True), {"a": ("old", None), "c": ("new", "c")}),
    ],
)
def test_the_first_commit_brings_a_table_to_the_present_form(lake: Lake, commit: Commit, after: dict[str, tuple[str, str | None]]) -> None:
    assert read(lake, 1) == {"a": ("old", None), "b": ("kept", None)}
    assert lake.write_once("quarantine", run_key(2), commit) == 3  # version 2 limits the statistics
    assert lake.write_once("quarantine", run_key(2), commit) == 3  # once
    assert read(lake, 3) == after
    assert read(lake, 1) == {"a": ("old", None), "b": ("kept", None)}
    assert lake.write_once("quarantine", run_key(3), Replace(rows(REASON_TYPE, a=reason("last", code="d", params="{}")))) == 4
    assert read(lake, 4)["a"] == ("last", "d")


def test_deltalake_cannot_merge_into_files_whose_structs_lack_fields(lake: Lake) -> None:
    """Where this fails, the rewrite of `delta_commits` is no longer needed."""
    table = DeltaTable(lake.address("quarantine", "events"))
    write_deltalake(table, NEW.tail(1), mode="append", schema_mode="merge")
    merge = table.merge(NEW.head(1), "target._row_id = source._row_id", source_alias="source", target_alias="target", commit_properties=CommitProperties())
    with pytest.raises(Exception, match="Cannot cast column"):
        merge.when_matched_update_all().execute()
