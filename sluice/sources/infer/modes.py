"""Infer how the files of a dataset follow one another, and which column is the time of its events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from statistics import median

import polars as pl

from sluice.config.checks import Check
from sluice.domain import EMPTY, Column, Message, Mode
from sluice.rules.naming.column_names import role, words
from sluice.rules.naming.event_words import (
    ITEMS,
    is_creation_time,
    is_other_time,
    names_documents,
    names_events,
    names_growing,
    names_person,
    names_things,
    tells_event,
)
from sluice.rules.naming.vocabulary import split_words
from sluice.sources.cast import as_text, to_type
from sluice.sources.file_dates import period_ends
from sluice.sources.infer.excerpt import Whole
from sluice.sources.infer.keys import digests
from sluice.sources.infer.things import describes_things
from sluice.sources.siblings import is_first_part

SNAPSHOT_OVERLAP, UPSERT_OVERLAP = 0.5, 0.05  # share of a file's keys that were in the file before it: a whole table again, or some of its rows
MIN_CONTAINED = 0.9  # share of the older file's keys that come again in a table that only grows
MIN_CHANGED = 0.2  # share of the rows that come again that changed: versions of them, not a period that is sent twice
MIN_TIMES, MIN_INSIDE = 10, 0.95  # rows and their different times of day, and the share of the rows on the day of their file
MIN_BEFORE, MAX_GAP = 0.99, timedelta(days=31)  # share of the rows that are made before another of their times, and how long before, at the median
MAX_BLANK = 0.01  # share of the rows that may have no time of their event, by mistake
DAY = timedelta(days=1)
_BEGINNINGS = split_words("install installed installation touch first attributed")  # of what led to an event
_CLOCKS = split_words("client server device local upload collector received processed derived")  # which clock, or which step, a time is of
MIN_DAYS, MIN_RISING = 5, 0.9  # steps from one day to the next, and the share of them in which the numbers of documents rise


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Hold how files follow one another.

    Attributes:
        mode: How a file changes the rows before it.
        time: Column of the event's time; None in tables of things.
        checks: What is not sure.
    """

    mode: Mode
    time: str | None
    checks: tuple[Check, ...] = ()


def infer_time(rows: pl.DataFrame, columns: Sequence[Column], *, of_events: bool = True) -> str | None:
    """Return the column of the event's time: a plain time before a time of creation, which counts only in a table of events.

    Times of changes, loads, births, deliveries and the like are none.
    """
    times = [column.name for column in columns if column.type in {"timestamp", "date"} and rows[column.name].null_count() < rows.height / 2]
    plain = [name for name in times if not is_other_time(name) and not is_creation_time(name)]
    created = [name for name in times if is_creation_time(name) and not is_other_time(name)]
    named = [name for name in plain if role(name) == "time"]
    with_clock = [name for name in named if any(column.name == name and column.type == "timestamp" for column in columns)]
    earlier = [name for name in plain if set(words(name)) & _BEGINNINGS]
    candidates = [*_plainest(with_clock), *named, *plain, *(created if of_events else [])]
    candidates = [*(name for name in candidates if name not in earlier), *earlier]
    filled = [name for name in candidates if rows[name].null_count() <= MAX_BLANK * rows.height]  # an order that is not paid has no time of payment
    time = next(iter([*filled, *candidates]), None)
    return time if time is None or not of_events else _made_before(time, created, rows, columns) or time


def _made_before(time: str, created: Sequence[str], rows: pl.DataFrame, columns: Sequence[Column]) -> str | None:
    """Return the time of creation that each row has before another time: an order is made, and then paid, unless it never is."""
    types = {column.name: column for column in columns}
    others = to_type(rows[time], types[time]).cast(pl.Datetime("us"))
    for name in created:
        creation = to_type(rows[name], types[name]).cast(pl.Datetime("us")) if types[name].type == types[time].type == "timestamp" else others
        gaps = (others - creation).drop_nulls().dt.total_microseconds()
        before = gaps.len() > 0 and float((gaps >= 0).sum()) >= MIN_BEFORE * gaps.len() and bool((gaps > 0).any())
        if before and float((gaps <= MAX_GAP // timedelta(microseconds=1)).sum()) > gaps.len() / 2 and rows[name].null_count() <= MAX_BLANK * rows.height:
            return name
    return None


def _plainest(names: Sequence[str]) -> list[str]:
    """Put the names first that say whose clock it is by no further word, an event's time before that of its client, and of these the ones of an event."""
    return sorted(names, key=lambda name: (bool(set(words(name)) & _CLOCKS), "event" not in words(name)))


def infer_rhythm(frames: Sequence[pl.DataFrame], columns: Sequence[Column], key: tuple[str, ...], names: Sequence[str], whole: Whole | None = None) -> Rhythm:
    """Return mode and time: by the keys that come again, by the names of the table and its key, and by what repeats.

    Args:
        frames: Rows of each file, the oldest first.
        columns: Columns of the dataset.
        key: Its key.
        names: Names of the dataset and of its newest file.
        whole: Returns the given columns of each file with all rows, where `frames` have a part of them.
    """
    rows = pl.concat(frames, how="diagonal_relaxed")
    events = is_event_table(rows, columns, key, names) or is_log_of_day(frames[-1], columns, key, names)
    overlaps = list(_overlaps(frames, key, whole))
    documents = is_document_table(rows, columns, key, names)
    alone: Mode = "upsert" if key and (documents or is_first_part(names[-1])) else "snapshot"  # the next documents, or a second part, must not replace them
    mode = _mode(overlaps, key, events=events) if overlaps else "append" if events else alone
    time = infer_time(rows, columns, of_events=events) if mode == "append" or ((events or documents) and mode == "upsert") else None
    certain = bool(overlaps) or names_events(names) or (names_things(names) and not names_growing(names))
    guessed = mode == "snapshot" and not (overlaps or (certain and infer_time(rows, columns, of_events=False) is None))
    doubt = [_guessed_snapshot(infer_time(rows, columns, of_events=not certain), key)] if guessed else []
    return Rhythm(mode, time, (*doubt, *_checks(rows, columns, mode, time, certain=certain, guessed=guessed)))


def is_event_table(rows: pl.DataFrame, columns: Sequence[Column], key: tuple[str, ...], names: Sequence[str]) -> bool:
    """Return True where rows are events: by the names of the table and its key, or as they have a time and entities that repeat.

    A table of sales by product without any time has a row for each product, and the next file has it again.
    """
    if _is_by_item(rows, columns, key):
        return False
    if names_events(names) or (names_events(key) and not names_things(names)):
        return True
    time = infer_time(rows, columns, of_events=False)
    if time is None or (names_things(names) and key):
        return False
    if any(tells_event(column.name) for column in columns if column.type in {"date", "timestamp"} and rows[column.name].null_count() == 0):
        return True
    if not key:
        return not describes_things(rows)
    others = [column.name for column in columns if column.name not in key and (role(column.name) == "id" or names_person(column.name))]
    repeating = [name for name in others if rows[name].drop_nulls().n_unique() < 0.9 * (rows.height - rows[name].null_count())]
    return bool(repeating) and not (len(key) == 1 and names_person(key[0]))


def _is_by_item(rows: pl.DataFrame, columns: Sequence[Column], key: tuple[str, ...]) -> bool:
    """Return True where a product alone names a row, and no column holds a time."""
    return len(key) == 1 and bool(set(words(key[0])) & ITEMS) and not names_events(key) and infer_time(rows, columns) is None


def is_log_of_day(rows: pl.DataFrame, columns: Sequence[Column], key: tuple[str, ...], names: Sequence[str]) -> bool:
    """Return True where the rows happened on the day in the name of their file: at several times of it, or under a key of transactions and the like.

    A table of things with a date in its name has the times of former days too, or one date for all rows.

    Args:
        rows: Rows of the newest file.
        columns: Columns of the dataset.
        key: Its key.
        names: Names of the dataset and of that file.
    """
    columns = [column for column in columns if column.name in rows.columns]
    time = infer_time(rows, columns, of_events=False)
    ends = [end for end in period_ends(names[-1:]) if end is not None]
    if time is None or not ends:
        return False
    column = next(column for column in columns if column.name == time)
    times = to_type(rows[time], column).drop_nulls().cast(pl.Datetime("us"))
    days = (ends[-1].replace(tzinfo=None) - 2 * DAY, ends[-1].replace(tzinfo=None) + DAY)  # local times are up to a day away
    inside = times.filter(times.is_between(*days, closed="left"))
    if times.len() < MIN_TIMES or inside.len() < MIN_INSIDE * times.len():
        return False
    return inside.dt.time().n_unique() >= MIN_TIMES or names_events(key)


def is_document_table(rows: pl.DataFrame, columns: Sequence[Column], key: tuple[str, ...], names: Sequence[str]) -> bool:
    """Return True where rows are documents: by the names of the table and its key, or as their numbers rise with a date.

    The next file brings the next numbers, and may send earlier ones again: it never replaces all of them.
    """
    if len(key) != 1 or names_person(key[0]):
        return False
    if names_documents([*names, *key]):
        return True
    time = infer_time(rows, columns, of_events=False)
    if time is None or names_things([*names, *key]):
        return False
    number, day = (next(column for column in columns if column.name == name) for name in (key[0], time))
    return number.type == "integer" and _rises_with(to_type(rows[key[0]], number), to_type(rows[time], day))


def _rises_with(numbers: pl.Series, times: pl.Series) -> bool:
    """Return True where whole numbers, in the order of the times of their rows, hardly ever fall from one day to another."""
    days = pl.DataFrame({"number": numbers, "day": times.cast(pl.Date)}).drop_nulls().group_by("day").agg(pl.col("number").median()).sort("day")
    steps = days["number"].diff().drop_nulls()
    return steps.len() >= MIN_DAYS and float((steps > 0).sum()) >= MIN_RISING * steps.len()


@dataclass(frozen=True, slots=True)
class _Overlap:
    returned: float  # share of the newer file's keys that were in the older one
    contained: float  # share of the older file's keys that are in the newer one
    changed: float  # share of the rows with returned keys that differ


def _overlaps(frames: Sequence[pl.DataFrame], key: tuple[str, ...], whole: Whole | None) -> Iterator[_Overlap]:
    """Compare each file with the one before it: by the key, or by whole rows where there is none."""
    names = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    rows = whole(list(key) or names) if whole else frames
    present = [pair for pair in zip(rows, frames, strict=True) if pair[1].height and all(name in pair[1].columns for name in key)]
    for index, ((first, first_part), (second, second_part)) in enumerate(pairwise(present)):
        older, newer = (digests(frame.select(key) if key else frame) for frame in _comparable(first, second))
        returned = int(newer.is_in(older.implode()).sum())
        contained = int(older.is_in(newer.implode()).sum()) if returned else 0
        changed = _changed(first_part, second_part, key) if returned else 1.0
        if changed is None and whole:
            all_rows = [frame for frame in whole(names) if frame.height and all(name in frame.columns for name in key)]
            changed = _changed(all_rows[index], all_rows[index + 1], key)
        yield _Overlap(returned / newer.len(), contained / older.len(), 1.0 if changed is None else changed)


def _changed(first: pl.DataFrame, second: pl.DataFrame, key: tuple[str, ...]) -> float | None:
    """Return the share of the newer rows with a key of older ones that differ from them; None where there is no such row."""
    older, newer = _comparable(first, second)
    on = list(key) or older.columns
    returned = digests(newer).filter(digests(newer.select(on)).is_in(digests(older.select(on)).implode()))
    same = int(returned.is_in(digests(older).implode()).sum())
    return 1 - same / returned.len() if returned.len() else None


def _comparable(older: pl.DataFrame, newer: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the columns that both files have; as text where one of them comes as text in one format and as numbers in another."""
    shared = [name for name in older.columns if name in newer.columns]
    if all(older[name].dtype == newer[name].dtype for name in shared):
        return older.select(shared), newer.select(shared)
    first, second = ([as_text(frame[name]).alias(name) for name in shared] for frame in (older, newer))
    return pl.DataFrame(first), pl.DataFrame(second)


def _mode(overlaps: Sequence[_Overlap], key: tuple[str, ...], *, events: bool) -> Mode:
    """Choose a mode that never replaces rows where files overlap in no key; one file sent twice makes no table of versions."""
    returned, contained = median(overlap.returned for overlap in overlaps), median(overlap.contained for overlap in overlaps)
    changed = median(overlap.changed for overlap in overlaps)
    if returned < UPSERT_OVERLAP:
        return "append" if events or not key else "upsert"
    if contained >= MIN_CONTAINED or (returned >= SNAPSHOT_OVERLAP and not events):
        return "snapshot"
    if events and changed < MIN_CHANGED:
        return "append"  # a period that overlaps the one before
    return "upsert" if key else "append"


def _guessed_snapshot(candidate: str | None, key: tuple[str, ...]) -> Check:
    """Say that one file does not show whether the next one replaces it, and what to declare where it does not."""
    of_versions = Message.of("init_upsert_if") if key else EMPTY
    time = Message.of("init_and_time", column=candidate) if candidate is not None else EMPTY
    return Check(Message.of("init_guessed_snapshot", of_versions=of_versions, time=time), "rows")


def _checks(rows: pl.DataFrame, columns: Sequence[Column], mode: Mode, time: str | None, *, certain: bool, guessed: bool) -> Iterator[Check]:
    """Yield each column that looks like the time of an event and is not read as one; a doubt about the mode names it already."""
    candidate = infer_time(rows, columns, of_events=not certain or mode == "append")
    if time is None and candidate is not None and not guessed:
        yield Check(Message.of("init_time_unread"), "unread", column=candidate)
    times = [column.name for column in columns if column.type == "string" and role(column.name) == "time" and rows[column.name].null_count() < rows.height]
    if time is None and mode == "append":
        for name in times[:1]:
            yield Check(Message.of("init_time_by_name"), "unread", column=name)
