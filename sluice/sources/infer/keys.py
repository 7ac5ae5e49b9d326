"""Infer which columns are the key, which one is the time, and how files follow one another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from statistics import median

import polars as pl

from sluice.domain import Column, Mode
from sluice.sources.infer.column_names import is_identifier, words

MIN_UNIQUE = 0.97  # share of rows whose key must be unique; dirty data repeat some
SNAPSHOT_OVERLAP, UPSERT_OVERLAP = 0.5, 0.05  # share of a file's keys that were in the file before it: a whole table again, or some of its rows
_EVENT = ("ts", "time", "timestamp", "datetime", "date", "day")
_OTHER = frozenset({"received", "updated", "modified", "loaded", "ingested", "birth", "expires", "expiry"})


def infer_key(frames: Sequence[pl.DataFrame], columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the columns whose values are unique in each file: one named like an identifier, else the first column, else two identifiers together."""
    identifiers = [column.name for column in columns if is_identifier(column.name)]
    first = [column.name for column in columns[:1] if column.type in {"string", "integer"}]
    singles = [(name,) for name in identifiers if _uniqueness(frames, (name,)) >= MIN_UNIQUE]
    if singles:
        return max(singles, key=lambda key: round(_uniqueness(frames, key), 2))
    if first and _uniqueness(frames, tuple(first)) == 1:
        return tuple(first)
    pairs = [pair for pair in combinations(identifiers, 2) if _uniqueness(frames, pair) >= MIN_UNIQUE]
    return pairs[0] if pairs else ()


def _uniqueness(frames: Sequence[pl.DataFrame], key: tuple[str, ...]) -> float:
    """Return the lowest share, over the files, of rows that are the first with their key; rows without a key do not count as unique."""
    shares = []
    for frame in frames:
        if frame.height and all(name in frame.columns for name in key):
            shares.append(frame.select(key).drop_nulls().n_unique() / frame.height)
    return min(shares, default=0.0)


def infer_time(rows: pl.DataFrame, columns: Sequence[Column]) -> str | None:
    """Return the column of the event's time: one named so, else the first time that is not about something else."""
    times = [column.name for column in columns if column.type in {"timestamp", "date"} and rows[column.name].null_count() < rows.height / 2]
    event_times = [name for name in times if words(name)[-1:] and words(name)[-1] in _EVENT and not _OTHER & set(words(name))]
    candidates = [name for name in times if not _OTHER & set(words(name))]
    return next(iter(event_times or candidates), None)


def infer_mode(frames: Sequence[pl.DataFrame], key: tuple[str, ...], time: str | None) -> Mode:
    """Return how files follow one another: by the share of keys that return; for one file, by whether its rows have a time."""
    keys = [frame.select(key) for frame in frames if key and frame.height and all(name in frame.columns for name in key)]
    shares = [newer.join(older, on=list(key), how="semi").height / newer.height for older, newer in pairwise(keys)]
    if not shares:
        return "append" if time else "snapshot"
    share = median(shares)  # one file sent twice makes no table of versions
    return "snapshot" if share >= SNAPSHOT_OVERLAP else "upsert" if share >= UPSERT_OVERLAP else "append"
