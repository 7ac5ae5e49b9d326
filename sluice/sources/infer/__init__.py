"""Infer the datasets of a folder, for `sluice init`; each result is a suggestion, with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.config.inferred import InferredDataset
from sluice.domain import Column
from sluice.errors import SourceError
from sluice.sources.infer.file_groups import Group, group_files
from sluice.sources.infer.keys import infer_key, infer_mode, infer_time
from sluice.sources.infer.personal import personal_reason
from sluice.sources.infer.platform_facts import use_platform
from sluice.sources.infer.references import Sample, infer_references
from sluice.sources.infer.row_shape import infer_shape
from sluice.sources.infer.sampling import read_sample
from sluice.sources.infer.types import infer_type
from sluice.sources.platforms import recognise


def infer(folder: Path, root: Path | None = None, limits: Limits | None = None, skipped: Callable[[str], None] = lambda _: None) -> list[InferredDataset]:
    """Infer the datasets of the files in a folder and its subfolders.

    Args:
        folder: Folder of CSV, JSON lines or Parquet files.
        root: Folder of sluice.yaml, to which patterns are relative; by default the folder's parent.
        limits: Largest sizes of a file, a cell and so on.
        skipped: Called with the reason for each dataset that cannot be read.

    Raises:
        SourceError: There is no file of a known format, or none can be read.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise SourceError(f"{folder}: there is no such folder")
    results = [_infer_dataset(group, limits or Limits()) for group in group_files(folder, (root or folder.parent).resolve())]
    datasets = [result for result in results if not isinstance(result, str)]
    unread = [result for result in results if isinstance(result, str)]
    if not datasets:
        raise SourceError("; ".join([f"{folder}: holds no CSV, JSON lines or Parquet file that can be read", *unread[:1]]))
    for reason in unread:
        skipped(reason)
    samples = [sample for _, sample in datasets]
    return [replace(dataset, references=infer_references(sample, samples)) for dataset, sample in datasets]


def _infer_dataset(group: Group, limits: Limits) -> tuple[InferredDataset, Sample] | str:
    """Infer the dataset of a group of files; return the reason where none of them can be read."""
    options, checks, frames, unread = read_sample(group, limits)
    if not frames:
        return f"{group.dataset}: left out, since no file of it can be read: {unread[0]}"
    platform = recognise(frames[-1])
    shaped = infer_shape(frames, options, platform)
    frames = list(shaped.frames)
    rows = pl.concat(frames, how="diagonal_relaxed")
    columns, notes = zip(*(_column(cells) for cells in rows), strict=True)
    key = infer_key(frames, columns)
    mode = infer_mode(frames, key, infer_time(rows, columns))
    time = None if mode == "snapshot" else infer_time(rows, columns)
    required = {*key, *([time] if time else [])}
    described = tuple((shaped.place(replace(column, required=column.name in required)), note) for column, note in zip(columns, notes, strict=True))
    note = "; ".join([*([f"{len(unread)} of its files cannot be read, such as {unread[0]}"] if unread else []), *shaped.notes])
    facts = (group.dataset, group.pattern, shaped.options, rows.height, len(group.files), described)
    dataset = InferredDataset(*facts, key=key, time=time, mode=mode, every=group.every, note=note, checks=checks)
    dataset = use_platform(dataset, platform, frames) if platform else dataset
    return dataset, Sample(group.dataset, dataset.key, rows)


def _column(cells: pl.Series) -> tuple[Column, str]:
    type_, note = infer_type(cells)
    reason = personal_reason(cells)
    notes: Sequence[str] = [text for text in (note, f"personal: {reason}" if reason else "") if text]
    return Column(cells.name, type_, personal=bool(reason)), "; ".join(notes)
