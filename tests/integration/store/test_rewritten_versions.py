"""A value is erased in all published versions of a table: each gives the same rows without it, and only the holder of the lease may do it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from sluice.domain import Column, Schema
from sluice.errors import Fenced, StoreError
from sluice.store import rewriting
from sluice.store.delta_commits import Append, Overwrite, Rewrite, Upsert
from sluice.store.fenced_commits import Published
from sluice.store.lake import Lake
from sluice.store.leases import OwnLease
from sluice.store.old_versions import KeptVersions
from sluice.store.owners import this_process
from sluice.store.vacuum import vacuum_table
from sluice.store.values import ValueQuery, rewritten_files
from sluice.store.values.lake_erasure import erase_in_table
from tests.integration.store.keys import run_key

ANN, BO = "ann@mail.example", "bo@mail.example"
SCHEMAS = {"events": Schema("events", columns=(Column("email", personal=True), Column("price", "number")))}


def rows(*cells: tuple[str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(cells, schema=["_row_id", "email", "price"], orient="row")


def lease(epoch: int) -> OwnLease:
    return OwnLease("events", epoch, this_process())


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake with a table of five published versions: rows are appended, changed, replaced, and get other columns."""
    lake = Lake(str(tmp_path), schemas=SCHEMAS)
    lake.write_once("clean", run_key(1), Append(rows(("a", ANN, 1.0), ("b", BO, 2.0))))
    lake.write_once("clean", run_key(2), Append(rows(("c", BO, 3.0))))
    lake.write_once("clean", run_key(3), Upsert(rows(("a", ANN, 5.0), ("d", ANN, 4.0)), ["_row_id"]))
    lake.write_once("clean", run_key(4), Rewrite(pl.DataFrame({"_row_id": ["e", "f"], "email": [ANN, BO], "cost": [1, 2]})))
    lake.write_once("clean", run_key(5), Overwrite(pl.DataFrame({"_row_id": ["g"], "email": [BO], "cost": [3]})))
    return lake


def versions_of(lake: Lake) -> list[int]:
    return [entry["version"] for entry in reversed(DeltaTable(lake.address("clean", "events")).history()) if "run" in entry]


def read(lake: Lake, version: int) -> pl.DataFrame:
    return lake.scan("clean", "events", version).collect().sort("_row_id")


def erase(lake: Lake, *, epoch: int = 1, text: str = ANN, versions: list[int] | None = None) -> list[int]:
    return erase_in_table(lake, "clean", lease(epoch), versions_of(lake) if versions is None else versions, ValueQuery(text), "erased")


def files_with(lake: Lake, text: str) -> list[str]:
    names = []
    for path in Path(lake.root).rglob("*"):
        if path.is_file():
            content = str(pl.read_parquet(path).to_dicts()).encode() if path.suffix == ".parquet" else path.read_bytes()
            names += [path.name] if text.encode() in content else []
    return names


def test_every_published_version_gives_the_same_rows_without_the_value(lake: Lake) -> None:
    versions = versions_of(lake)
    before = {version: read(lake, version) for version in versions}
    reader = Lake(lake.root)  # another process, which has the table open
    read(reader, versions[0])
    assert erase(lake) == []
    assert files_with(lake, ANN) == []
    for version in versions:
        expected = before[version].with_columns(pl.col("email").replace({ANN: "erased"}))
        assert read(lake, version).equals(expected)
        assert read(reader, version).equals(expected)
    assert DeltaTable(lake.address("clean", "events")).to_pyarrow_table().num_rows == 1  # who reads the newest version reads the rows of the newest run


def test_a_second_erasure_maps_the_same_versions_again(lake: Lake) -> None:
    versions = versions_of(lake)
    before = {version: read(lake, version) for version in versions}
    erase(lake, versions=versions)
    erase(lake, versions=versions, text=BO)
    assert files_with(lake, BO) == []
    for version in versions:
        assert read(lake, version)["_row_id"].equals(before[version]["_row_id"])
        assert set(read(lake, version)["email"]) == {"erased"}
    vacuum_table(lake, "clean", lease(1), KeptVersions(), versions)
    assert [read(lake, version).height for version in versions] == [frame.height for frame in before.values()]


def test_later_runs_are_committed_after_an_erasure_and_merged_files_are_read(lake: Lake) -> None:
    versions = versions_of(lake)
    erase(lake, versions=versions)
    assert lake.write_once("clean", run_key(5), Append(rows(("h", BO, 1.0)))) is not None  # the run is known: it is not committed twice
    assert read(lake, versions[-1]).height == 1
    later = lake.write_once("clean", run_key(6), Append(pl.DataFrame({"_row_id": ["h"], "email": [BO], "cost": [4]})))
    assert later is not None
    lake.compact("clean", lease(1), Published(later, lambda number, outcome: True), any_size=True)
    assert read(lake, later)["_row_id"].to_list() == ["g", "h"]
    assert erase(lake, versions=[*versions, later], text=BO) == []
    assert read(lake, later)["email"].to_list() == ["erased", "erased"]
    assert read(lake, versions[1]).height == 3


def test_whoever_lost_the_lease_erases_nothing(lake: Lake) -> None:
    before = {version: read(lake, version) for version in versions_of(lake)}
    lake.raise_fence("events", 2)
    with pytest.raises(Fenced, match="events was taken over"):
        erase(lake, epoch=1)
    assert all(read(lake, version).equals(frame) for version, frame in before.items())


def test_whoever_loses_the_lease_meanwhile_changes_nothing_and_the_next_one_goes_on(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = versions_of(lake)
    before = {version: read(lake, version) for version in versions}
    commit, taken = rewriting._commit, list[int]()

    def stalled(*arguments: object) -> None:
        if len(taken) == 2:  # two of the states are committed
            Lake(lake.root, schemas=SCHEMAS).raise_fence("events", 2)
        taken.append(1)
        commit(*arguments)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(rewriting, "_commit", stalled)
    with pytest.raises(Fenced):
        erase(lake, epoch=1)
    successor = Lake(lake.root, schemas=SCHEMAS)
    assert successor.open("clean", "events").to_pyarrow_table().num_rows == 1  # type: ignore[union-attr]  # it is there
    assert all(read(successor, version).equals(frame) for version, frame in before.items())
    later = successor.write_once("clean", run_key(6, epoch=2), Append(pl.DataFrame({"_row_id": ["h"], "email": [ANN], "cost": [4]})))
    assert later is not None
    assert read(successor, later)["_row_id"].to_list() == ["g", "h"]
    erase(successor, epoch=2, versions=[*versions, later])
    assert files_with(successor, ANN) == []
    assert read(successor, later)["email"].to_list() == [BO, "erased"]


def test_an_erasure_that_failed_half_way_is_taken_back_by_the_next_commit(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = versions_of(lake)

    def fail(name: str) -> None:
        if name == "state_committed":
            raise StoreError("the disk is full")

    monkeypatch.setattr(rewriting, "fail_point", fail)
    with pytest.raises(StoreError, match="the disk is full"):
        erase(lake)
    assert read(lake, versions[-1])["_row_id"].to_list() == ["g"]
    later = lake.write_once("clean", run_key(6), Append(pl.DataFrame({"_row_id": ["h"], "email": [BO], "cost": [4]})))
    assert later is not None
    assert read(lake, later)["_row_id"].to_list() == ["g", "h"]


def test_another_program_that_writes_to_the_table_meanwhile_is_named(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    versions, commit = versions_of(lake), rewriting._commit

    def raced(*arguments: object) -> None:
        monkeypatch.setattr(rewriting, "_commit", commit)
        write_deltalake(lake.address("clean", "events"), pl.DataFrame({"_row_id": ["x"], "email": [BO], "cost": [1]}), mode="append")
        commit(*arguments)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(rewriting, "_commit", raced)
    with pytest.raises(StoreError, match="other programs keep changing it"):
        erase(lake)
    assert read(lake, versions[-1])["_row_id"].to_list() == ["g"]


def test_a_table_larger_than_memory_is_erased_in_parts(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewritten_files, "PART", 1)
    versions = versions_of(lake)
    before = {version: read(lake, version) for version in versions}
    erase(lake)
    assert files_with(lake, ANN) == []
    assert all(read(lake, version)["_row_id"].equals(before[version]["_row_id"]) for version in versions)


def test_a_version_whose_files_are_lost_ends_and_is_named(lake: Lake) -> None:
    versions = versions_of(lake)
    files = [{path for path, _ in lake.files_at("clean", "events", version)} for version in versions]
    Path(lake.address("clean", "events"), min(files[2] - files[1] - files[3])).unlink()
    assert erase(lake, versions=versions) == [versions[2]]
    assert files_with(lake, ANN) == []
    assert read(lake, versions[1]).height == 3
    with pytest.raises(StoreError, match=f"version {versions[2]} is kept no longer"):
        read(lake, versions[2])
    vacuum_table(lake, "clean", lease(1), KeptVersions(), versions)
    assert erase(lake, text=BO, versions=versions) == []
    assert read(lake, versions[1]).height == 3
