"""Read which files the published versions of a Delta table have, so that these versions can be committed anew with other files."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from sluice.store.blobs import Blobs
from sluice.store.changed_files import LakeFile
from sluice.store.file_statistics import logged_statistics, narrow_statistics
from sluice.store.lake import Lake
from sluice.store.lake_files import digest_in
from sluice.store.lake_tables import Table
from sluice.store.statistics import columns_with_statistics

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from deltalake import Schema as DeltaSchema


@dataclass(frozen=True, slots=True)
class TableState:
    """Hold the files of a version of a table.

    Attributes:
        versions: The published versions that have these files.
        schema: Columns of the table.
        files: The files, by path.
    """

    versions: tuple[int, ...]
    schema: DeltaSchema
    files: Mapping[str, LakeFile]

    def with_files(self, written: Mapping[str, Sequence[LakeFile]]) -> TableState:
        """Return the state with other files in place of some.

        Args:
            written: By path of a file those in its place.
        """
        files = [other for path, file in self.files.items() for other in written.get(path, [file])]
        return replace(self, files={file.path: file for file in files})

    def equals(self, other: TableState) -> bool:
        """Return True where another version has the same files and columns."""
        return self.files.keys() == other.files.keys() and self.schema == other.schema


def read_states(lake: Lake, table: Table, handle: DeltaTable, dataset: str, versions: Collection[int]) -> list[TableState]:
    """Return the states that published versions read, the oldest first, and last that of the newest version.

    Args:
        lake: The tables.
        table: Name of the table.
        handle: The table at its newest version.
        dataset: Whose.
        versions: The published versions.
    """
    named: dict[int, list[int]] = {handle.version(): []}
    for version in sorted(versions):
        named.setdefault(lake.mapped(table, dataset, version), []).append(version)
    states: list[TableState] = []
    for number, state in _replay(lake, table, dataset, min([handle.version(), *versions]), {*named}):
        current = replace(state, versions=tuple(named[number]))
        if states and states[-1].equals(current):
            current = replace(current, versions=(*states.pop().versions, *named[number]))
        states.append(current)
    return states


def _replay(lake: Lake, table: Table, dataset: str, oldest: int, numbers: Collection[int]) -> Iterator[tuple[int, TableState]]:
    """Yield versions of a table: the first is opened, and the others follow from the commits since, which takes a fraction of opening each.

    Args:
        lake: The tables.
        table: Name of the table.
        dataset: Whose.
        oldest: The oldest published version, in whose place the first is read.
        numbers: The versions.
    """
    columns, blobs = columns_with_statistics(table, lake.schemas.get(dataset)), Blobs(lake.root, lake.options)
    first = lake.open_for(table, dataset, oldest)
    schema, files = first.schema(), dict(_files_of(first, columns))
    for number in range(first.version(), max(numbers) + 1):
        for action in _actions(blobs, f"{table}/{dataset}", number) if number > first.version() else ():
            if "metaData" in action:
                schema = type(schema).from_json(action["metaData"]["schemaString"])
            if "remove" in action:
                files.pop(action["remove"]["path"], None)
            if "add" in action:
                files[action["add"]["path"]] = _file_of(action["add"], columns)
        if number in numbers:
            yield number, TableState((), schema, dict(files))


def _actions(blobs: Blobs, place: str, number: int) -> list[dict[str, Any]]:
    """Return what a commit says, removals first."""
    lines = blobs.get(f"{place}/_delta_log/{number:020}.json").splitlines()
    return sorted((json.loads(line) for line in lines if line.strip()), key=lambda action: "add" in action)


def _file_of(added: Mapping[str, Any], columns: Sequence[str]) -> LakeFile:
    statistics = json.loads(added.get("stats") or "{}")
    return LakeFile(added["path"], statistics.get("numRecords") or 0, added["size"], digest_in(added["path"]), narrow_statistics(statistics, columns))


def split_lost(lake: Lake, table: Table, dataset: str, states: Sequence[TableState]) -> tuple[list[TableState], list[int]]:
    """Return the states whose files are there, the newest in any case, and the versions of the others: nobody can read these any more."""
    blobs = Blobs(lake.root, lake.options)
    paths = {path for state in states[:-1] for path in state.files} - states[-1].files.keys()
    lost = {path for path in paths if blobs.size(f"{table}/{dataset}/{path}") is None}
    readable = [state for state in states if not lost & state.files.keys()]
    return readable, sorted(version for state in states if lost & state.files.keys() for version in state.versions)


def _files_of(handle: DeltaTable, columns: Sequence[str]) -> Mapping[str, LakeFile]:
    actions = pl.DataFrame(handle.get_add_actions(flatten=True))
    files = (
        LakeFile(action["path"], action.get("num_records") or 0, action["size_bytes"], digest_in(action["path"]), logged_statistics(action, columns))
        for action in actions.iter_rows(named=True)
    )
    return {file.path: file for file in files}
