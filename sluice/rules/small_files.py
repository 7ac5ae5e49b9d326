"""Decide which files of a table are merged into larger ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MANY = 16  # small files of one level are merged by themselves
_SMALL_ROWS, _SMALL_BYTES = 2**14, 2**24  # a larger file is read as fast as its rows: it stays, and a filter by time still finds it alone
_LARGEST = 2**20  # rows of a merged file, which is written at once


@dataclass(frozen=True, slots=True)
class FileSize:
    """State how large a file is.

    Attributes:
        path: Name of the file.
        rows: Number of its rows.
        bytes: Its size.
    """

    path: str
    rows: int
    bytes: int


def files_to_merge(files: Sequence[FileSize], *, any_size: bool = False) -> list[list[str]]:
    """Return groups of files, each of which becomes one.

    Files meet in levels, each of which has 16 times as many rows as the one below: a row is then copied once a level, however many files come.

    Args:
        files: All files of a table.
        any_size: Merge small files as soon as there are two, of whatever level.

    Example:
        >>> hourly = [FileSize(f"{hour}.parquet", 500, 20_000) for hour in range(16)]
        >>> [len(group) for group in files_to_merge([*hourly, FileSize("large.parquet", 100_000, 4_000_000)])]
        [16]
        >>> files_to_merge(hourly[:15])
        []
        >>> files_to_merge(hourly[:2], any_size=True)
        [['0.parquet', '1.parquet']]
    """
    levels: dict[int, list[FileSize]] = {}
    for file in files:
        if file.rows < _SMALL_ROWS and file.bytes < _SMALL_BYTES:
            levels.setdefault(0 if any_size else _level(file.rows), []).append(file)
    least = 2 if any_size else MANY
    return [[file.path for file in group] for level in levels.values() if len(level) >= least for group in _groups(level) if len(group) > 1]


def _level(rows: int) -> int:
    """Return the logarithm of a number of rows to the base of 16, rounded down."""
    return max(0, rows.bit_length() - 1) // 4


def _groups(files: Sequence[FileSize]) -> Iterator[list[FileSize]]:
    """Yield files that follow one another, as many as one file takes."""
    group: list[FileSize] = []
    for file in files:
        if sum(member.rows for member in group) + file.rows > _LARGEST:
            yield group
            group = []
        group.append(file)
    yield group
