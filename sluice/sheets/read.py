"""Read a sheet that comes back as text, whatever a spreadsheet made of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sluice.config import Limits
from sluice.errors import SluiceError, UsageError
from sluice.messages import make_error
from sluice.sheets.headers import key_of
from sluice.sheets.spreadsheet import check_unpacked, open_spreadsheet, sheet_text

_PARQUET, _SPREADSHEETS = b"PAR1", (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx, ods; xls
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = ",;\t"
_LOOKED_AT = 20  # rows among which the header is


@dataclass(frozen=True, slots=True, eq=False)
class SheetText:
    """Hold a sheet as text.

    Attributes:
        headers: Names of its columns.
        columns: As many columns; blank cells are null.
        first: Number of its first row of cells in the file.
    """

    headers: tuple[str, ...]
    columns: tuple[pl.Series, ...]
    first: int


def read_sheet(content: bytes, row_headers: frozenset[str], limits: Limits, header: str) -> SheetText:
    """Return the sheet of a spreadsheet, CSV or Parquet file that has a column of row ids; rows above its header are left out.

    Args:
        content: Content of the file.
        row_headers: Keys of the names that the column of row ids may have.
        limits: Largest sizes.
        header: Name of that column, for the error.

    Raises:
        UsageError: The file cannot be read, or no sheet has such a column.
        TooLarge: It unpacks to more than may be.
        MissingExtra: The extra `excel` is not installed.
    """
    try:
        for frame in _frames(content, limits):
            for number, row in enumerate(frame.head(_LOOKED_AT).iter_rows()):
                if any(key_of(cell or "") in row_headers for cell in row):
                    headers = tuple((cell or "").strip() for cell in row)
                    return SheetText(headers, tuple(map(_blank_as_null, frame.slice(number + 1))), number + 2)
    except SluiceError:
        raise
    except Exception as error:  # noqa: BLE001  # calamine's, Polars' and zipfile's own errors about damaged files
        raise make_error(UsageError, "sheet_unreadable", error=type(error).__name__) from None
    raise make_error(UsageError, "sheet_without_rows", header=header)


def _frames(content: bytes, limits: Limits) -> Iterator[pl.DataFrame]:
    """Yield the sheets of a file, each with its header among the rows, as text."""
    kinds: Mapping[Callable[[], bool], Callable[[], Iterator[pl.DataFrame]]] = {
        (lambda: content.startswith(_SPREADSHEETS)): lambda: _sheets(content, limits),
        (lambda: content.startswith(_PARQUET)): lambda: iter([_parquet(content)]),
    }
    return next((read for applies, read in kinds.items() if applies()), lambda: iter([_csv(content)]))()


def _sheets(content: bytes, limits: Limits) -> Iterator[pl.DataFrame]:
    check_unpacked(content, "sheet", limits)
    book = open_spreadsheet(content)
    return (sheet_text(book, name) for name in book.sheet_names)


def _parquet(content: bytes) -> pl.DataFrame:
    frame = pl.read_parquet(io.BytesIO(content))
    header = pl.DataFrame({name: [name] for name in frame.columns})
    return pl.concat([header, frame.select(map(_as_text, frame))])


def _as_text(cells: pl.Series) -> pl.Series:
    text = cells.cast(pl.String)
    return text.str.replace(r"\.0$", "") if cells.dtype.is_float() else text


def _csv(content: bytes) -> pl.DataFrame:
    text = _decoded(content)
    first: Sequence[str] = text.splitlines()[:1]
    separator = max(_SEPARATORS, key=first[0].count) if first else ","
    return pl.read_csv(io.BytesIO(text.encode()), separator=separator, has_header=False, infer_schema=False, truncate_ragged_lines=True)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        raise make_error(UsageError, "sheet_encoding") from None


def _blank_as_null(cells: pl.Series) -> pl.Series:
    text = cells.str.strip_chars()
    return text.set(text == "", None)
