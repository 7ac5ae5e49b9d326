"""Tells which columns name a row, which says when, and how files follow one another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from statistics import median

import polars as pl

from sluice.domain import Column, Mode
from sluice.sources.infer.names import names_rows, words

NEARLY = 0.97  # share of rows that a key must tell apart, since dirty data repeat some
SAME, SOME = 0.5, 0.05  # share of a file's keys that were in the file before it: a whole table again, or some of its rows
_EVENT = ("ts", "time", "timestamp", "datetime", "date", "day")
_OTHER = frozenset({"received", "updated", "modified", "loaded", "ingested", "birth", "expires", "expiry"})


def key_of(frames: Sequence[pl.DataFrame], columns: Sequence[Column]) -> tuple[str, ...]:
    """The columns that tell the rows of each file apart: one called like an identifier, else the first column, else two identifiers together."""
    identifiers = [column.name for column in columns if names_rows(column.name)]
    first = [column.name for column in columns[:1] if column.type in {"string", "integer"}]
    singles = [(name,) for name in identifiers if _tells_apart(frames, (name,)) >= NEARLY]
    if singles:
        return max(singles, key=lambda key: round(_tells_apart(frames, key), 2))
    if first and _tells_apart(frames, tuple(first)) == 1:
        return tuple(first)
    pairs = [pair for pair in combinations(identifiers, 2) if _tells_apart(frames, pair) >= NEARLY]
    return pairs[0] if pairs else ()


def _tells_apart(frames: Sequence[pl.DataFrame], key: tuple[str, ...]) -> float:
    """The lowest share, of any file, of rows that are the first with their key; rows without one do not count as told apart."""
    shares = []
    for frame in frames:
        if frame.height and all(name in frame.columns for name in key):
            shares.append(frame.select(key).drop_nulls().n_unique() / frame.height)
    return min(shares, default=0.0)


def time_of(rows: pl.DataFrame, columns: Sequence[Column]) -> str | None:
    """The column that says when a row's event happened: one called so, else the first time that is not about something else."""
    times = [column.name for column in columns if column.type in {"timestamp", "date"} and rows[column.name].null_count() < rows.height / 2]
    called = [name for name in times if words(name)[-1:] and words(name)[-1] in _EVENT and not _OTHER & set(words(name))]
    others = [name for name in times if not _OTHER & set(words(name))]
    return next(iter(called or others), None)


def mode_of(frames: Sequence[pl.DataFrame], key: tuple[str, ...], time: str | None) -> Mode:
    """How files follow one another: told by how many keys return; of one file, by whether its rows have a time."""
    have = [frame.select(key) for frame in frames if key and frame.height and all(name in frame.columns for name in key)]
    shares = [newer.join(older, on=list(key), how="semi").height / newer.height for older, newer in pairwise(have)]
    if not shares:
        return "append" if time else "snapshot"
    share = median(shares)  # one file sent twice makes no table of versions
    return "snapshot" if share >= SAME else "upsert" if share >= SOME else "append"
