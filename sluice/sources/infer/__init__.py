"""Tells what datasets a folder holds, for `sluice init`: each thing that it says is a suggestion, with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.config.found import Found
from sluice.domain import Column
from sluice.errors import SourceError
from sluice.sources.infer.groups import Group, groups, separator_of
from sluice.sources.infer.keys import key_of, mode_of, time_of
from sluice.sources.infer.personal import personal
from sluice.sources.infer.references import Sample, references
from sluice.sources.infer.types import type_of
from sluice.sources.table import read_table

SAMPLE = 1_000_000  # rows of a dataset that are looked at, the newest files first


def infer(folder: Path, root: Path | None = None, limits: Limits | None = None, left_out: Callable[[str], None] = lambda _: None) -> list[Found]:
    """What the files of a folder and its subfolders seem to be.

    Args:
        folder: Holds CSV, JSON lines or Parquet files.
        root: The folder that sluice.yaml is to stand in; patterns are relative to it. The folder's parent unless given.
        limits: What a file may cost.
        left_out: Told of each dataset that cannot be read, and why.

    Raises:
        SourceError: There is no file of a known format, or none can be read.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise SourceError(f"{folder}: there is no such folder")
    looked = [_look(group, limits or Limits()) for group in groups(folder, (root or folder.parent).resolve())]
    found = [each for each in looked if not isinstance(each, str)]
    unread = [each for each in looked if isinstance(each, str)]
    if not found:
        raise SourceError("; ".join([f"{folder}: holds no CSV, JSON lines or Parquet file that can be read", *unread[:1]]))
    for each in unread:
        left_out(each)
    samples = [sample for _, sample in found]
    return [replace(each, references=references(sample, samples)) for each, sample in found]


def _look(group: Group, limits: Limits) -> tuple[Found, Sample] | str:
    """What the files of a group seem to be; where none of them can be read, why."""
    separator = separator_of(group.files[-1]) if group.format == "csv" else ","
    frames, unread = _read(group, separator, limits)
    if not frames:
        return f"{group.dataset}: left out, since no file of it can be read: {unread[0]}"
    rows = pl.concat(frames, how="diagonal_relaxed")
    columns, notes = zip(*(_column(cells) for cells in rows), strict=True)
    key = key_of(frames, columns)
    mode = mode_of(frames, key, time_of(rows, columns))
    time = None if mode == "snapshot" else time_of(rows, columns)
    needed = {*key, *([time] if time else [])}
    noted = tuple((replace(column, required=column.name in needed), note) for column, note in zip(columns, notes, strict=True))
    note = f"{len(unread)} of its files cannot be read, such as {unread[0]}" if unread else ""
    told = (group.dataset, group.pattern, group.format, separator, rows.height, len(group.files), noted)
    found = Found(*told, key=key, time=time, mode=mode, every=group.every, note=note)
    return found, Sample(group.dataset, key, rows)


def _read(group: Group, separator: str, limits: Limits) -> tuple[list[pl.DataFrame], list[str]]:
    """The newest files' rows, in the order of the files, and what is wrong with those that cannot be read."""
    frames: list[pl.DataFrame] = []
    unread = []
    for path in reversed(group.files):
        try:
            frames.insert(0, read_table(path, limits, group.format, separator).frame)
        except SourceError as error:
            unread.append(str(error))
        if sum(frame.height for frame in frames) >= SAMPLE:
            break
    return frames, unread


def _column(cells: pl.Series) -> tuple[Column, str]:
    type_, note = type_of(cells)
    why = personal(cells)
    notes: Sequence[str] = [each for each in (note, f"personal: {why}" if why else "") if each]
    return Column(cells.name, type_, personal=bool(why)), "; ".join(notes)
