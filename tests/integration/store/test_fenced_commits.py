"""A commit is applied once, on the newest version alone, and by nobody whose lease was taken over."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from sluice.errors import Fenced, StoreError
from sluice.store.changed_files import FileWriter
from sluice.store.delta_commits import Append, Commit, Overwrite, Replace, Upsert
from sluice.store.fenced_commits import Published
from sluice.store.lake import Lake
from sluice.store.lake_tables import TABLES
from tests.integration.store.keys import run_key

ROWS = pl.DataFrame({"_row_id": ["a", "b"], "price": [1.0, 2.0]})
LATER = pl.DataFrame({"_row_id": ["c"], "price": [3.0]})


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(str(tmp_path))
    lake.write_once("clean", run_key(1), Append(ROWS))
    return lake


def ids(lake: Lake, version: int | None) -> list[str]:
    return sorted(lake.scan("clean", "events", version).collect()["_row_id"])


class Raced:
    """A commit that another writer comes before, the first time that it is tried."""

    def __init__(self, commit: Commit, address: str) -> None:
        self.commit, self.address, self.tries = commit, address, 0
        self.rows, self.empty = commit.rows, commit.empty

    def apply(self, table: DeltaTable, properties: CommitProperties, files: FileWriter) -> None:
        self.tries += 1
        if self.tries == 1:
            write_deltalake(self.address, LATER, mode="append")
        self.commit.apply(table, properties, files)


def test_a_commit_of_an_earlier_epoch_is_refused(lake: Lake) -> None:
    lake.write_once("clean", run_key(2, epoch=7), Append(LATER))
    with pytest.raises(Fenced, match="events was taken over"):
        lake.write_once("clean", run_key(3, epoch=6), Append(LATER))
    assert lake.write_once("clean", run_key(3, epoch=7), Append(LATER)) == 3


def test_whoever_takes_over_refuses_what_the_holder_before_still_writes(lake: Lake) -> None:
    lake.raise_fence("events", 2)
    with pytest.raises(Fenced):
        lake.write_once("clean", run_key(2, epoch=1), Append(LATER))
    lake.raise_fence("events", 2)
    assert lake.write_once("clean", run_key(2, epoch=2), Append(LATER)) == 3
    assert ids(lake, 3) == ["a", "b", "c"]
    with pytest.raises(Fenced):
        lake.raise_fence("events", 1)


def test_a_dataset_without_tables_has_no_fence(tmp_path: Path) -> None:
    Lake(str(tmp_path)).raise_fence("events", 2)
    assert not any((tmp_path / table).exists() for table in TABLES)


@pytest.mark.parametrize(
    ("commit", "after"),
    [
        (Overwrite, ["a", "b"]),
        (lambda rows: Upsert(rows.with_columns(_row_id=pl.lit("c"))[:1], ["_row_id"]), ["a", "b", "c"]),
        (lambda rows: Replace(rows[:1], removed=["c"]), ["a", "b"]),
    ],
    ids=["overwrite", "upsert", "replace"],
)
def test_a_commit_that_is_overtaken_begins_again_on_the_newest_rows(lake: Lake, commit: Callable[[pl.DataFrame], Commit], after: list[str]) -> None:
    raced = Raced(commit(ROWS), lake.address("clean", "events"))
    assert lake.write_once("clean", run_key(2), raced) == 3
    assert (raced.tries, ids(lake, 3)) == (2, after)


def test_of_two_writers_of_a_run_one_commits(lake: Lake) -> None:
    with ThreadPoolExecutor(4) as pool:
        workers = [Lake(lake.root) for _ in range(4)]  # each with handles of its own, as in processes of their own
        versions = list(pool.map(lambda worker: worker.write_once("clean", run_key(2), Append(LATER)), workers))
    assert (versions, ids(lake, 2)) == ([2] * 4, ["a", "b", "c"])


def test_another_outcome_of_a_run_is_not_taken_for_it(lake: Lake) -> None:
    other = run_key(1, digest="other")
    assert (lake.has("clean", run_key(1)), lake.has("clean", other)) == (True, False)
    with pytest.raises(StoreError, match=r"clean/events: it holds runs up to number 1 that the database has no record of"):
        lake.write_once("clean", other, Append(LATER))
    assert ids(lake, 1) == ["a", "b"]


@pytest.mark.parametrize("number", [2, 3])
def test_what_a_run_wrote_that_nobody_knows_is_taken_back(lake: Lake, number: int) -> None:
    lake.write_once("clean", run_key(2, digest="lost"), Append(LATER.with_columns(_row_id=pl.lit("lost"))))
    published = Published(1, lambda number, outcome: (number, outcome) == (1, run_key(1).outcome))
    version = lake.write_once("clean", run_key(number), Append(LATER), published)
    assert ids(lake, version) == ["a", "b", "c"]
    assert lake.write_once("clean", run_key(number), Append(LATER), published) == version


def test_what_no_published_run_ever_wrote_is_taken_back_to_an_empty_table(lake: Lake) -> None:
    version = lake.write_once("clean", run_key(2), Overwrite(LATER), Published(None, lambda *_: False))
    assert ids(lake, version) == ["c"]
    with pytest.raises(Fenced):
        lake.write_once("clean", run_key(3, epoch=0), Append(LATER), Published(None, lambda *_: False))


def test_a_run_that_an_earlier_version_committed_is_known(lake: Lake) -> None:
    key = run_key(2)
    properties = CommitProperties(app_transactions=[Transaction(key.name, 1)], custom_metadata={"run": key.name})
    write_deltalake(lake.address("clean", "events"), LATER, mode="append", commit_properties=properties)
    assert lake.has("clean", key)
    assert lake.write_once("clean", key, Append(LATER)) == 2


def test_a_table_keeps_the_transactions_of_its_dataset_however_many_runs_there_were(lake: Lake) -> None:
    for number in range(2, 6):
        lake.write_once("clean", run_key(number), Append(LATER))
    table = DeltaTable(lake.address("clean", "events"))
    assert (table.transaction_version("sluice.fence/events"), table.transaction_version("sluice.runs/events")) == (1, 5)
    assert table.transaction_version(run_key(5).name) is None
