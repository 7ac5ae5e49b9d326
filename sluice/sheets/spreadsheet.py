"""Open spreadsheets (xlsx, xls, xlsb, ods) by calamine, and read their sheets as text."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import polars as pl

from sluice.config import Limits
from sluice.errors import TooLarge
from sluice.messages import make_error, missing_extra

_MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"  # a cell's date


def open_spreadsheet(source: Path | bytes):  # type: ignore[no-untyped-def]  # noqa: ANN201  # of a package that may be missing
    """Open a spreadsheet.

    Args:
        source: Its path, or its content.

    Raises:
        MissingExtra: The extra `excel` is not installed.
    """
    try:
        import fastexcel
    except ModuleNotFoundError as error:
        raise (missing_extra(error) or error) from None
    return fastexcel.read_excel(source if isinstance(source, bytes) else str(source))


def check_unpacked(source: Path | bytes, name: str, limits: Limits) -> None:
    """Refuse an archive that states more bytes than may be unpacked.

    Args:
        source: Its path, or its content.
        name: Its name in the error.
        limits: Largest sizes.

    Raises:
        TooLarge: It does.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            if sum(member.file_size for member in archive.infolist()) > limits.unpacked:
                raise make_error(TooLarge, "file_unpacks_too_large", file=name, limit=limits.unpacked)


def sheet_text(book, name: str) -> pl.DataFrame:  # type: ignore[no-untyped-def]  # noqa: ANN001  # of a package that may be missing
    """Return all cells of a sheet as text, its header among them; dates are ISO 8601, whole numbers have no point."""
    frame: pl.DataFrame = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    return frame.with_columns(pl.all().str.replace(_MIDNIGHT, "$1")) if frame.width else frame
