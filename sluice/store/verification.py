"""Verify the files that published runs need: that they are there, whole, with the bytes that were written."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sluice.domain import Message, Run
from sluice.errors import StoreError, panics_as_errors
from sluice.messages import error_message
from sluice.store.blobs import Blobs
from sluice.store.lake import Lake
from sluice.store.lake_errors import lake_errors, table_title
from sluice.store.lake_files import digest_in
from sluice.store.lake_tables import TABLES, Table


@dataclass(frozen=True, slots=True)
class Damage:
    """Name a file of the lake that is not what was written.

    Attributes:
        place: Its table and dataset, such as `clean/events`.
        file: Its name; empty where the table as a whole cannot be read.
        fault: What is wrong with it.
        run: Id of the first run that needs it; empty for a file of the log.
    """

    place: str
    file: str
    fault: Message
    run: str = ""


def damaged_files(lake: Lake, dataset: str, runs: Sequence[Run]) -> Iterator[Damage]:
    """Read every file that the published runs of a dataset need, and yield those that are not what was written.

    The size is that of the table's log; the SHA-256 stands in the name. A file without one, such as those of an earlier version, is decoded.

    Args:
        lake: The tables.
        dataset: Whose.
        runs: Its published runs, the oldest first.
    """
    blobs = Blobs(lake.root, lake.options)
    for table in TABLES:
        named = {run.versions[table]: run.id for run in reversed(runs) if table in run.versions}
        if not named:
            continue
        yield from _damaged_log(blobs, f"{table}/{dataset}")
        try:
            readable = lake.kept_versions(table, dataset)
            files = _files_of(lake, table, dataset, {version: run for version, run in sorted(named.items()) if readable.has(version)})
        except StoreError as error:
            yield Damage(f"{table}/{dataset}", "", error_message(error))
            continue
        for path, (size, run) in files.items():
            if fault := _fault(blobs, f"{table}/{dataset}/{path}", size, digest_in(path)):
                yield Damage(f"{table}/{dataset}", path, fault, run)


def _files_of(lake: Lake, table: Table, dataset: str, named: Mapping[int, str]) -> Mapping[str, tuple[int, str]]:
    """Return the files of some versions, each with its size and the first run that needs it."""
    files: dict[str, tuple[int, str]] = {}
    with lake_errors(table_title(table, dataset)):
        for version, run in named.items():
            for path, size in lake.files_at(table, dataset, version):
                files.setdefault(path, (size, run))
    return files


def _damaged_log(blobs: Blobs, place: str) -> Iterator[Damage]:
    """Yield the commits of a table's log that are cut or no JSON; deltalake takes an empty one for a commit that changes nothing."""
    for name in sorted(name for name in blobs.names(f"{place}/_delta_log") if name.endswith(".json")):
        if not _is_commit(blobs.get(name)):
            yield Damage(place, name.removeprefix(f"{place}/"), Message.of("stored_file_damaged"))


def _is_commit(content: bytes) -> bool:
    try:
        return bool([json.loads(line) for line in content.splitlines() if line.strip()])
    except ValueError:
        return False


def _fault(blobs: Blobs, name: str, size: int, digest: str) -> Message | None:
    actual = blobs.size(name)
    if actual is None:
        return Message.of("stored_file_gone")
    if actual != size:
        return Message.of("stored_file_resized")
    content = blobs.get(name)
    if digest:
        return None if hashlib.sha256(content).hexdigest() == digest else Message.of("stored_file_altered")
    try:
        with panics_as_errors():
            pl.read_parquet(io.BytesIO(content))
    except Exception:  # noqa: BLE001  # whatever Polars raises of a broken file
        return Message.of("stored_file_unreadable")
    return None
