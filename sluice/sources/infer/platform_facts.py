"""Use what is known of a system's exports in what is inferred of a dataset; values that do not fit it count more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from sluice.config.checks import Check
from sluice.config.inferred import InferredDataset
from sluice.domain import EMPTY, CellFormat, Column, Message, ReadOptions
from sluice.sources.cast import to_type, without_empty_words
from sluice.sources.infer.excerpt import Whole
from sluice.sources.infer.file_form import with_names as with_stated
from sluice.sources.platforms import ColumnFacts, Platform, fitting

MIN_CAST = 0.95  # share of the values that must be of the type that the platform states
MIN_UNIQUE = 0.99  # share of the rows that must be the first with their key


def use_platform(dataset: InferredDataset, platform: Platform, frames: Sequence[pl.DataFrame], whole: Whole | None = None) -> InferredDataset:
    """Return the dataset with types, personal columns, words for nothing, key, time and mode of its platform.

    Args:
        dataset: What was inferred from the values.
        platform: The platform that its files look like.
        frames: Rows of each file, as the source reads them.
        whole: Returns the given columns of each file with all rows, where `frames` have a part of them.
    """
    rows = pl.concat(frames, how="diagonal_relaxed")
    columns = _with_formats(tuple(_column(column, note, platform, rows) for column, note in dataset.columns), platform, rows)
    key, blank_key = _key(platform, frames, whole) or (() if platform.no_key else dataset.key, dataset.blank_key)
    mode = dataset.mode if dataset.mode == "upsert" and len(frames) > 1 else platform.mode or dataset.mode  # files that share no key replace no other
    times = [name for name in fitting(platform.time, rows.columns) if rows[name].null_count() < rows.height / 2]
    time = None if mode == "snapshot" else next((name for name in times if _type(columns, name) in {"timestamp", "date"}), dataset.time)
    required = {*(key[:1] if blank_key else key), *([time] if time else [])}
    described = tuple(
        (replace(column, required=column.name in required, zone=platform.zone if column.type == "timestamp" else None), note) for column, note in columns
    )
    remarks = (Message.of("init_remark", remark=remark) for remark in platform.remarks)
    note = Message.join(filter(None, (Message.of("init_looks_like", platform=platform.title), *remarks, dataset.note)))
    on_change = (platform.on_change or dataset.on_change) if key and mode == "append" else None
    return replace(dataset, columns=described, key=key, blank_key=blank_key, mode=mode, time=time, note=note, platform=platform.title, on_change=on_change)


def with_names(frames: Sequence[pl.DataFrame], options: ReadOptions, platform: Platform | None) -> tuple[list[pl.DataFrame], ReadOptions]:
    """Return rows without a header under the names that the platform has for their columns, and the options with these names.

    Args:
        frames: Rows of each file.
        options: How the files are read.
        platform: The platform that they look like.
    """
    if platform is None or not platform.names or options.header is not False:
        return list(frames), options
    return [frame.rename(dict(zip(frame.columns, platform.names, strict=False))) for frame in frames], replace(options, names=platform.names)


def with_stated_names(checks: Sequence[Check], options: ReadOptions, platform: Platform | None) -> tuple[Check, ...]:
    """Return the checks of a file's form, where those that ask for the names of columns say instead that the platform has them."""
    if platform is None or not platform.names or options.header is not False:
        return tuple(checks)
    stated = Message.of("init_names_of_platform", platform=platform.title)
    return tuple(with_stated(check, stated, "guess") for check in checks)


def _type(columns: Sequence[tuple[Column, Message]], name: str) -> str:
    return next(column.type for column, _ in columns if column.name == name)


def _column(column: Column, note: Message, platform: Platform, rows: pl.DataFrame) -> tuple[Column, Message]:
    facts = _facts(column, platform)
    empty = (*platform.empty, *facts.empty)
    cells = without_empty_words(rows[column.name], empty)
    personal = column.personal if facts.personal is None else facts.personal
    stated = replace(column, personal=personal, empty=empty, unit=facts.unit or column.unit)
    if facts.type is None or facts.type == column.type or not _casts(cells, replace(stated, type=facts.type, format=None)):
        return stated, note if personal == column.personal else _personal_note(personal=personal)
    unit = stated.unit if facts.type in {"number", "integer"} else None
    return replace(stated, type=facts.type, format=None, unit=unit), _personal_note(personal=personal)


def _facts(column: Column, platform: Platform) -> ColumnFacts:
    """Return what is known of a column by one of its paths, since its name may be the last part alone; otherwise by its name."""
    facts_by_name = (platform.facts_of(name) for name in (*column.path, column.name))
    return next((facts for facts in facts_by_name if facts), ColumnFacts(column.name))


def _with_formats(columns: tuple[tuple[Column, Message], ...], platform: Platform, rows: pl.DataFrame) -> tuple[tuple[Column, Message], ...]:
    """Declare for columns without values the format and unit of those that the platform describes with them: a sale price is written as a price is."""
    written: dict[ColumnFacts, set[tuple[CellFormat | None, str | None]]] = {}
    for column, _ in columns:
        if (facts := platform.facts_of(column.name)) is not None and not rows[column.name].drop_nulls().is_empty():
            written.setdefault(facts, set()).add((column.format, column.unit))
    return tuple((_with_format(column, written, platform, rows), note) for column, note in columns)


def _with_format(column: Column, written: Mapping[ColumnFacts, set[tuple[CellFormat | None, str | None]]], platform: Platform, rows: pl.DataFrame) -> Column:
    facts = platform.facts_of(column.name)
    forms = written.get(facts, set()) if facts is not None and facts.type in {"number", "integer"} else set()
    if len(forms) != 1 or not rows[column.name].drop_nulls().is_empty():
        return column
    (form, unit), *_ = forms
    return replace(column, format=form, unit=unit)


def _personal_note(*, personal: bool) -> Message:
    return Message.of("init_personal", reason=Message.of("init_personal_on_platform")) if personal else EMPTY


def _casts(cells: pl.Series, column: Column) -> bool:
    values = cells.drop_nulls()
    return column.type == "string" or to_type(values, column).count() >= MIN_CAST * values.len()


def _key(platform: Platform, frames: Sequence[pl.DataFrame], whole: Whole | None) -> tuple[tuple[str, ...], bool] | None:
    """Return the key of the platform, and whether a part may be blank; None where the rows have no such key."""
    names = [name for name in frames[-1].columns if all(name in frame.columns for frame in frames)]
    key = fitting(platform.key, names)
    if not key or not fitting(platform.key[:1], key):
        return None  # not even the column without which there is no key
    for frame in frames if whole is None else whole(key):
        parts = frame.select(key)
        identified = parts if platform.blank_key else parts.drop_nulls()
        if identified.n_unique() < MIN_UNIQUE * frame.height:
            return None
    return key, platform.blank_key and len(key) > 1
