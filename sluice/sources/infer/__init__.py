"""Infer the datasets of a folder, for `sluice init`; each result is a suggestion, with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.config.inferred import InferredDataset
from sluice.domain import Column
from sluice.errors import SourceError
from sluice.ports import Progress, no_progress
from sluice.rules.naming.column_names import words
from sluice.rules.naming.event_words import names_things
from sluice.sources.file_dates import period_ends
from sluice.sources.infer.columns import infer_columns
from sluice.sources.infer.element_keys import with_element_key, with_position
from sluice.sources.infer.file_groups import Group, group_files
from sluice.sources.infer.keys import infer_key, is_key
from sluice.sources.infer.lookup_names import with_lookup_names
from sluice.sources.infer.modes import infer_rhythm, infer_time
from sluice.sources.infer.platform_facts import use_platform, with_names, with_stated_names
from sluice.sources.infer.references import Sample, infer_references
from sluice.sources.infer.row_counters import is_row_counter
from sluice.sources.infer.row_shape import infer_shape
from sluice.sources.infer.sampling import has_names, read_sample
from sluice.sources.infer.things import without_future
from sluice.sources.infer.whole_columns import WholeColumns
from sluice.sources.infer.zones import local_time_checks
from sluice.sources.platforms import recognise


def infer(
    folder: Path,
    root: Path | None = None,
    limits: Limits | None = None,
    skipped: Callable[[str], None] = lambda _: None,
    progress: Progress = no_progress,
) -> list[InferredDataset]:
    """Infer the datasets of the files in a folder and its subfolders.

    Args:
        folder: Folder of CSV, JSON, Parquet, XML or spreadsheet files.
        root: Folder of sluice.yaml, to which patterns are relative; by default the folder's parent.
        limits: Largest sizes of a file, a cell and so on.
        skipped: Called with the reason for each dataset that cannot be read.
        progress: Called with the number of files of a dataset before each long one is read.

    Raises:
        SourceError: There is no file of a known format, or none can be read.
    """
    folder = folder.resolve()
    if not folder.is_dir():
        raise SourceError(f"{folder}: there is no such folder")
    results = [_infer_dataset(group, limits or Limits(), progress) for group in group_files(folder, (root or folder.parent).resolve())]
    datasets = [result for result in results if not isinstance(result, str)]
    unread = [result for result in results if isinstance(result, str)]
    if not datasets:
        raise SourceError("; ".join([f"{folder}: holds no CSV, JSON, Parquet, XML or spreadsheet file that can be read", *unread[:1]]))
    for reason in unread:
        skipped(reason)
    samples = [sample for _, sample, _ in datasets]
    referring = [replace(dataset, references=infer_references(sample, samples)) for dataset, sample, _ in datasets]
    return [replace(dataset, partly_checked=whole.partly_read()) for dataset, (_, _, whole) in zip(referring, datasets, strict=True)]


def _infer_dataset(group: Group, limits: Limits, progress: Progress) -> tuple[InferredDataset, Sample, WholeColumns] | str:
    """Infer the dataset of a group of files; return the reason where none of them can be read."""
    options, checks, files, unread = read_sample(group, limits, progress)
    if not files:
        return f"{group.dataset}: left out, since no file of it can be read: {unread[0]}"
    files, options, checks = with_lookup_names(files, options, checks)
    platform = recognise(files[-1].frame, header=has_names(options))
    named, options = with_names([part.frame for part in files], options, platform)
    shaped = infer_shape(named, options, platform)
    names = [group.dataset, Path(group.files[-1].name).stem]
    dates = _file_dates([part.path for part in files], shaped.frames)
    inferences = infer_columns(pl.concat(shaped.frames, how="diagonal_relaxed"), dates, [word for name in names for word in words(name)])
    columns = [inference.column for inference in inferences]
    decimal_ids = shaped.decimal_ids(columns)
    shaped = shaped.with_formats(columns)
    frames = list(shaped.frames)
    rows = pl.concat(frames, how="diagonal_relaxed")
    whole = WholeColumns(files, [frame.columns for frame in named], shaped, limits)
    all_rows = None if whole.complete else whole.frames
    timely = without_future(rows, columns, dates)
    moment = infer_time(rows, timely, of_events=False)
    key = _infer_key(frames, columns, names, whole, moment)
    rhythm = infer_rhythm(frames, timely, key, names, all_rows)
    if rhythm.mode != "snapshot" and any(is_row_counter(frames, name) for name in key):  # the next file has the same numbers for other rows
        key = _infer_key(frames, [column for column in columns if not is_row_counter(frames, column.name)], names, whole, moment)
        rhythm = infer_rhythm(frames, timely, key, names, all_rows)
    required = {*key, *([rhythm.time] if rhythm.time else [])}
    described = tuple((shaped.place(replace(one.column, required=one.column.name in required)), one.note) for one in inferences)
    unreadable = [f"{len(unread)} of its files cannot be read, such as {unread[0]}"] if unread else []
    times = [] if platform and platform.zone else local_time_checks([(part.path, frame) for part, frame in zip(files, frames, strict=True)], columns)
    doubts = [*rhythm.checks, *times, *(check for one in inferences for check in one.checks)]
    dataset = InferredDataset(
        group.dataset,
        group.pattern,
        shaped.options,
        rows.height if whole.complete else sum(part.total for part in files),
        len(group.files),
        described,
        key=key,
        time=rhythm.time,
        mode=rhythm.mode,
        every=group.every,
        note="; ".join([*unreadable, *shaped.notes]),
        checks=(*with_stated_names(checks, options, platform), *(replace(check, dataset=group.dataset) for check in doubts)),
        read=None if whole.complete else sum(part.frame.height for part in files),
        decimal_ids=decimal_ids,
    )
    dataset = with_element_key(dataset, frames, all_rows)
    if platform:
        dataset = with_position(use_platform(dataset, platform, frames, all_rows))
    return dataset, Sample(group.dataset, dataset.key, rows, None if whole.complete else whole.values), whole


def _infer_key(frames: Sequence[pl.DataFrame], columns: Sequence[Column], names: Sequence[str], whole: WholeColumns, time: str | None) -> tuple[str, ...]:
    """Infer the key of a table from its columns, its name and its files' names; all rows must have it, those that were left out too."""
    has_event_time = time is not None and not names_things(names)
    table = [word for name in names for word in words(name)]
    refused: set[tuple[str, ...]] = set()
    while key := infer_key(frames, columns, table, has_event_time=has_event_time, refused=refused):
        if whole.complete or is_key(whole.frames(key), key):
            break
        refused.add(key)
    return key


def _file_dates(paths: Sequence[Path], frames: Sequence[pl.DataFrame]) -> pl.Series | None:
    """Return for each row the day in the name of its file; None where no name has one."""
    ends = period_ends([path.name for path in paths])
    if not any(ends):
        return None
    days = [None if end is None else (end - timedelta(hours=1)).date() for end in ends]
    return pl.concat([pl.repeat(day, frame.height, dtype=pl.Date, eager=True) for day, frame in zip(days, frames, strict=True)])
