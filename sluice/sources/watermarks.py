"""Compare watermarks as what they are, and tell rows that were read before by their cells."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

import polars as pl

from sluice.rules.keyed_digests import KeyedDigests

LOOK_BACK_TIME = timedelta(minutes=10)
LOOK_BACK_NUMBER = 1000
_SECONDS = re.compile(r"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(.*)", re.DOTALL)
_DIGEST = 12  # bytes


def order_of(watermark: str) -> tuple[int, Decimal | datetime | str]:
    """Return what watermarks of one column are ordered by.

    Example:
        >>> sorted(["9", "10"], key=order_of), order_of("2026-03-01 10:00:00") == order_of("2026-03-01T10:00:00Z")
        (['9', '10'], True)
    """
    number = _number(watermark)
    if number is not None:
        return 0, number
    try:
        moment = datetime.fromisoformat(watermark)
    except ValueError:
        return 2, watermark
    return 1, moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def look_back_from(watermark: str, span: timedelta | float | None) -> str:
    """Return the watermark from which rows are read again, written as the database wrote the other.

    Args:
        watermark: The highest one that was read.
        span: How far back: a time, or a number; None: the default of what the watermark is.

    Example:
        >>> look_back_from("2026-03-01 00:05:00.000000", timedelta(minutes=10)), look_back_from("1200", 100), look_back_from("a17", None)
        ('2026-02-28 23:55:00.000000', '1100', 'a17')
    """
    number = _number(watermark)
    if number is not None:
        back = LOOK_BACK_NUMBER if span is None else 0 if isinstance(span, timedelta) else span
        first = number - Decimal(str(back))
        return str(int(first)) if first == first.to_integral_value() else str(first)
    back_time = LOOK_BACK_TIME if span is None else span if isinstance(span, timedelta) else timedelta(0)
    if match := _SECONDS.fullmatch(watermark):
        moment = datetime.fromisoformat(f"{match[1]}T{match[3]}") - back_time
        return f"{moment:%Y-%m-%d}{match[2]}{moment:%H:%M:%S}{match[4]}"
    try:
        day = datetime.fromisoformat(watermark)
    except ValueError:
        return watermark
    return f"{day - back_time:%Y-%m-%d}" if len(watermark) == len("2026-03-01") else watermark


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


class SeenRows:
    """Tell rows that were read before; of equal rows as many as were read."""

    def __init__(self, digests: Iterable[str], keyed: KeyedDigests | None = None) -> None:
        """Begin with the digests of rows that were read before.

        Args:
            digests: The digests.
            keyed: Puts digests under a key, so that nobody guesses cells by them; they have none unless given.
        """
        self._keyed = keyed or KeyedDigests()
        self._before = frozenset(digests)
        self._times: dict[str, int] = {}
        self.met: list[tuple[str, str]] = []

    def new(self, rows: pl.DataFrame, watermark: str) -> pl.DataFrame:
        """Return those of the next rows that were not read before; all of them count as read from now on.

        Args:
            rows: Rows as text.
            watermark: Name of the column of the watermark.
        """
        forms = [self._keyed.row_forms(self._digest(row)) for row in rows.iter_rows(named=True)]
        self.met += zip(rows[watermark].to_list(), (present for present, *_ in forms), strict=True)
        return rows.filter(pl.Series([self._before.isdisjoint(digests) for digests in forms], dtype=pl.Boolean))

    def seen_from(self, first: str, *, complete: bool) -> tuple[str, ...]:
        """Return the digests of the rows from a watermark on.

        Args:
            first: The watermark.
            complete: Whether all rows were met that the table has from there on; otherwise those that were read before may be there still.
        """
        least = order_of(first)
        met = [digest for value, digest in self.met if order_of(value) >= least]
        return tuple(dict.fromkeys(met if complete else [*map(self._keyed.row_under_key, sorted(self._before)), *met]))

    def _digest(self, row: Mapping[str, str | None]) -> str:
        """Return a digest of a row's cells: a column that comes without values changes none, nor does the order of columns."""
        cells = sorted((name, cell) for name, cell in row.items() if cell is not None)
        text = "\0".join(part for name, cell in cells for part in (name, cell.replace("\0", "\0\0")))
        plain = hashlib.blake2b(text.encode(), digest_size=_DIGEST).hexdigest()
        self._times[plain] = number = self._times.get(plain, 0) + 1
        return plain if number == 1 else f"{plain}.{number}"
