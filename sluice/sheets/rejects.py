"""Write rows of a file that a supplier sent, with the reason of each, in the format of the file."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from sluice.domain import MASK, FileFormat
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.sheets.formulas import defused, defused_name
from sluice.sheets.held import HeldSheet, SheetColumn
from sluice.sheets.workbook import to_workbook
from sluice.sheets.write import BYTE_ORDER_MARK

ENDINGS: Mapping[str, FileFormat] = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".xlsx": "excel"}
ENDING_OF: Mapping[FileFormat, str] = {"csv": ".csv", "parquet": ".parquet", "excel": ".xlsx"}
_NAMED = 10  # characters that an error names


@dataclass(frozen=True, slots=True, eq=False)
class Rejects:
    """Hold the rows of a file that were not published, under the names that the file has.

    Attributes:
        dataset: Name of their dataset.
        file: Name of the file.
        format: Its format.
        separator: Character between the fields, where it is a CSV file.
        encoding: Encoding of its text, where it is a CSV file.
        rows: The columns of the file, then the reason and the row of the file.
    """

    dataset: str
    file: str
    format: FileFormat
    separator: str
    encoding: str
    rows: pl.DataFrame


def write_rejects(rejects: Rejects, form: FileFormat) -> bytes:
    """Return the rows as the content of a file; no text of a CSV file or spreadsheet becomes a formula.

    Args:
        rejects: The rows.
        form: Format to write.

    Raises:
        UsageError: The format cannot be written, the encoding of the file lacks characters, or a spreadsheet has no room for the rows.
        MissingExtra: It is a spreadsheet, and the extra `excel` is not installed.
    """
    writers: Mapping[FileFormat, Callable[[Rejects], bytes]] = {"csv": _to_csv, "parquet": _to_parquet, "excel": _to_sheet}
    if form not in writers:
        raise make_error(UsageError, "rejects_format", format=form, endings=tuple(ENDING_OF.values()))
    return writers[form](rejects)


def _to_csv(rejects: Rejects) -> bytes:
    harmless = [(defused(cells, keep_numbers=True) if cells.dtype == pl.String else cells).alias(defused_name(cells.name)) for cells in rejects.rows]
    return _encoded(pl.DataFrame(harmless).write_csv(separator=rejects.separator), rejects)


def _encoded(text: str, rejects: Rejects) -> bytes:
    """Return a text in the encoding of the file; where that has no bullet, stars stand for personal cells.

    Raises:
        UsageError: The encoding lacks characters, such as those of a reason in Chinese; they are named.
    """
    if codecs.lookup(rejects.encoding).name in ("utf-8", "utf-8-sig", "ascii"):
        return (BYTE_ORDER_MARK + text).encode()
    if lacking(MASK, rejects.encoding):
        text = text.replace(MASK, "*" * len(MASK))
    if missing := lacking(text, rejects.encoding):
        raise make_error(UsageError, "rejects_characters", file=rejects.file, encoding=rejects.encoding, characters=tuple(missing[:_NAMED]))
    return text.encode(rejects.encoding)


def lacking(text: str, encoding: str) -> list[str]:
    """Return the characters of a text that an encoding does not have, in their order.

    Example:
        >>> lacking("100 € für 价格", "cp1252")
        ['价', '格']
    """
    return [character for character in dict.fromkeys(text) if not character.isascii() and not character.encode(encoding, "ignore")]


def _to_parquet(rejects: Rejects) -> bytes:
    file = io.BytesIO()
    rejects.rows.write_parquet(file)
    return file.getvalue()


def _to_sheet(rejects: Rejects) -> bytes:
    columns = tuple(SheetColumn(cells.name, cells if cells.dtype == pl.String or cells.dtype.is_numeric() else cells.cast(pl.String)) for cells in rejects.rows)
    return to_workbook(HeldSheet(rejects.dataset, columns, "en"), guide=False)
