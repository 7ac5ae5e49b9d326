"""Infer the dataset of a group of files: its form, its columns, its key and its rhythm, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.config.checks import Check
from sluice.config.inferred import InferredDataset
from sluice.domain import Column, Message, ReadOptions
from sluice.ports import Progress
from sluice.rules.naming.column_names import words
from sluice.rules.naming.event_words import names_things
from sluice.sources.file_dates import period_ends
from sluice.sources.infer.columns import infer_columns
from sluice.sources.infer.element_keys import with_element_key, with_position
from sluice.sources.infer.evidence import Inference
from sluice.sources.infer.excerpt import Part
from sluice.sources.infer.file_groups import Group
from sluice.sources.infer.keys import infer_key, is_key
from sluice.sources.infer.later_changes import changes_later
from sluice.sources.infer.lookup_names import with_lookup_names
from sluice.sources.infer.modes import Rhythm, infer_rhythm, infer_time
from sluice.sources.infer.platform_facts import use_platform, with_names, with_stated_names
from sluice.sources.infer.references import Sample
from sluice.sources.infer.row_counters import is_row_counter
from sluice.sources.infer.row_shape import Shaped, infer_shape
from sluice.sources.infer.sampling import has_names, read_sample
from sluice.sources.infer.things import without_future
from sluice.sources.infer.whole_columns import WholeColumns
from sluice.sources.infer.zones import local_time_checks
from sluice.sources.platforms import Platform, recognise


@dataclass(frozen=True, slots=True, eq=False)
class _Files:
    """Hold the files of a dataset as they were read.

    Attributes:
        parts: Each file with the rows that were read.
        options: How they are read.
        checks: What a person should check of their form.
        platform: The platform that they look like.
        unread: Why each of the others cannot be read.
    """

    parts: Sequence[Part]
    options: ReadOptions
    checks: tuple[Check, ...]
    platform: Platform | None
    unread: Sequence[Message]


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Hold the rows of a dataset in the shape that the source will give them.

    Attributes:
        shaped: The rows of each file.
        inferences: Its columns, each with its reason.
        rows: The rows of all files.
        whole: Reads single columns of all rows.
        timely: Columns, of which those that lie in the future are left out.
        decimal_ids: Columns of whole numbers that name something, some of which are written with a decimal.
    """

    shaped: Shaped
    inferences: Sequence[Inference]
    rows: pl.DataFrame
    whole: WholeColumns
    timely: Sequence[Column]
    decimal_ids: tuple[str, ...]

    @property
    def columns(self) -> list[Column]:
        """Return the columns."""
        return [inference.column for inference in self.inferences]

    @property
    def frames(self) -> list[pl.DataFrame]:
        """Return the rows of each file."""
        return list(self.shaped.frames)


def infer_dataset(group: Group, limits: Limits, progress: Progress) -> tuple[InferredDataset, Sample, WholeColumns] | Message:
    """Infer the dataset of a group of files; return the reason where none of them can be read.

    Args:
        group: The files.
        limits: Largest sizes of a file, a cell and so on.
        progress: Called with the number of files before each long one is read.
    """
    files = _read(group, limits, progress)
    if not files.parts:
        return Message.of("init_left_out_unread", dataset=group.dataset, reason=files.unread[0])
    names = [group.dataset, Path(group.files[-1].name).stem]
    table = _shape(files, names, limits)
    all_rows = None if table.whole.complete else table.whole.frames
    key, rhythm = _infer_layout(table, names)
    dataset = with_element_key(_describe(group, files, table, key, rhythm), table.frames, all_rows)
    if files.platform:
        dataset = with_position(use_platform(dataset, files.platform, table.frames, all_rows))
    return dataset, Sample(group.dataset, dataset.key, table.rows, None if table.whole.complete else table.whole.values), table.whole


def _read(group: Group, limits: Limits, progress: Progress) -> _Files:
    options, checks, parts, unread = read_sample(group, limits, progress)
    if not parts:
        return _Files(parts, options, checks, None, unread)
    parts, options, checks = with_lookup_names(parts, options, checks)
    return _Files(parts, options, checks, recognise(parts[-1].frame, header=has_names(options)), unread)


def _shape(files: _Files, names: Sequence[str], limits: Limits) -> _Table:
    """Infer the shape of the rows and their columns."""
    named, options = with_names([part.frame for part in files.parts], files.options, files.platform)
    shaped = infer_shape(named, options, files.platform)
    dates = _file_dates([part.path for part in files.parts], shaped.frames)
    inferences = infer_columns(pl.concat(shaped.frames, how="diagonal_relaxed"), dates, [word for name in names for word in words(name)])
    columns = [inference.column for inference in inferences]
    decimal_ids, shaped = shaped.decimal_ids(columns), shaped.with_formats(columns)
    rows = pl.concat(shaped.frames, how="diagonal_relaxed")
    whole = WholeColumns(files.parts, [frame.columns for frame in named], shaped, limits)
    return _Table(shaped, inferences, rows, whole, without_future(rows, columns, dates), decimal_ids)


def _infer_layout(table: _Table, names: Sequence[str]) -> tuple[tuple[str, ...], Rhythm]:
    """Infer the key, and how a file changes the rows before it; a counter of rows is no key of files that are added to one another."""
    all_rows = None if table.whole.complete else table.whole.frames
    time = infer_time(table.rows, table.timely, of_events=False)
    key = _infer_key(table, table.columns, names, time)
    rhythm = infer_rhythm(table.frames, table.timely, key, names, all_rows)
    if rhythm.mode != "snapshot" and any(is_row_counter(table.frames, name) for name in key):  # the next file has the same numbers for other rows
        key = _infer_key(table, [column for column in table.columns if not is_row_counter(table.frames, column.name)], names, time)
        rhythm = infer_rhythm(table.frames, table.timely, key, names, all_rows)
    return key, rhythm


def _infer_key(table: _Table, columns: Sequence[Column], names: Sequence[str], time: str | None) -> tuple[str, ...]:
    """Infer the key of a table from its columns, its name and its files' names; all rows must have it, those that were left out too."""
    has_event_time = time is not None and not names_things(names)
    named = [word for name in names for word in words(name)]
    refused: set[tuple[str, ...]] = set()
    while key := infer_key(table.frames, columns, named, has_event_time=has_event_time, refused=refused):
        if table.whole.complete or is_key(table.whole.frames(key), key):
            break
        refused.add(key)
    return key


def _describe(group: Group, files: _Files, table: _Table, key: tuple[str, ...], rhythm: Rhythm) -> InferredDataset:
    """Return the dataset, with what a person should check of it."""
    required = {*key, *([rhythm.time] if rhythm.time else [])}
    described = tuple((table.shaped.place(replace(one.column, required=one.column.name in required)), one.note) for one in table.inferences)
    unreadable = [Message.of("init_files_unread", files=len(files.unread), reason=files.unread[0])] if files.unread else []
    complete = table.whole.complete
    return InferredDataset(
        group.dataset,
        group.pattern,
        table.shaped.options,
        table.rows.height if complete else sum(part.total for part in files.parts),
        len(group.files),
        described,
        key=key,
        time=rhythm.time,
        mode=rhythm.mode,
        every=group.every,
        note=Message.join([*unreadable, *table.shaped.notes]),
        checks=_checks(group, files, table, rhythm),
        read=None if complete else sum(part.frame.height for part in files.parts),
        decimal_ids=table.decimal_ids,
        on_change="replace" if rhythm.mode == "append" and key and changes_later(table.columns, table.rows) else None,
    )


def _checks(group: Group, files: _Files, table: _Table, rhythm: Rhythm) -> tuple[Check, ...]:
    """Return what a person should check: the form of the files first, then the times and the columns."""
    sources = [(part.path, frame) for part, frame in zip(files.parts, table.frames, strict=True)]
    times = [] if files.platform and files.platform.zone else local_time_checks(sources, table.columns)
    doubts = [*rhythm.checks, *times, *(check for one in table.inferences for check in one.checks)]
    stated = with_stated_names(files.checks, table.shaped.options, files.platform)
    return (*stated, *(replace(check, dataset=group.dataset) for check in doubts))


def _file_dates(paths: Sequence[Path], frames: Sequence[pl.DataFrame]) -> pl.Series | None:
    """Return for each row the day in the name of its file; None where no name has one."""
    ends = period_ends([path.name for path in paths])
    if not any(ends):
        return None
    days = [None if end is None else (end - timedelta(hours=1)).date() for end in ends]
    return pl.concat([pl.repeat(day, frame.height, dtype=pl.Date, eager=True) for day, frame in zip(days, frames, strict=True)])
