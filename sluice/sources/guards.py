"""Take off what systems write around cells so that spreadsheets neither run them as formulas nor change their digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from sluice.domain import Guard
from sluice.sources.cast_text import as_text

_PATTERNS: Mapping[Guard, tuple[str, str]] = {
    "apostrophe": (r"(?s)^'([=+\-@\t\r].*|\d[\d .,:/TZ+-]*)$", "${1}"),
    "blank": (r"^ ([=+\-])", "${1}"),
    "backtick": (r"^`", ""),
    "formula": (r'(?s)^="(.*)"$', "${1}"),
    "padding": (r"^[ \t]+|[ \t]+$", ""),
}


def take_off_guards(frame: pl.DataFrame, guards: Sequence[Guard]) -> pl.DataFrame:
    """Return the rows with their cells of text without guards; a cell that is nothing else becomes empty.

    Args:
        frame: Rows of a file.
        guards: Guards that its system writes.

    Example:
        >>> take_off_guards(pl.DataFrame({"zip": ["'01234", "'t Hart"]}), ["apostrophe"])["zip"].to_list()
        ['01234', "'t Hart"]
    """
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    for guard in guards:
        pattern, rest = _PATTERNS[guard]
        frame = frame.with_columns(pl.col(name).str.replace_all(pattern, rest) for name in texts)
    return frame.with_columns(pl.col(name).replace("", None) for name in texts) if guards else frame


def take_off_apostrophes(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the rows without the apostrophe that begins each text of some columns.

    Args:
        frame: Rows of a file.
        columns: Names of columns; those that the rows lack, or that are no text, are passed over.

    Example:
        >>> take_off_apostrophes(pl.DataFrame({"sku": ["'AB-01", "AB-02"]}), ["sku"])["sku"].to_list()
        ['AB-01', 'AB-02']
    """
    texts = [name for name in columns if frame.schema.get(name) == pl.String]
    return frame.with_columns(pl.col(name).str.strip_prefix("'").replace("", None) for name in texts)


def unescape_lines(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    r"""Return the rows with a line break for a backslash and an `n` in some columns; where two backslashes precede the `n`, one is left and the `n` stays.

    Args:
        frame: Rows of a file.
        columns: Names of columns; those that the rows lack, or that are no text, are passed over.

    Example:
        >>> unescape_lines(pl.DataFrame({"text": [r"Soap\nOlive", r"C:\\new"]}), ["text"])["text"].to_list()
        ['Soap\nOlive', 'C:\\new']
    """
    texts = [name for name in columns if frame.schema.get(name) == pl.String]
    return frame.with_columns(
        pl.col(name).str.replace_all(r"\\n", "\0", literal=True).str.replace_all(r"\n", "\n", literal=True).str.replace_all("\0", r"\n", literal=True)
        for name in texts
    )


def decode_lists(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    r"""Return the rows with the lists in some columns as JSON: commas stand between their values, and a backslash before a comma of a value.

    Args:
        frame: Rows of a file.
        columns: Names of columns; those that the rows lack, or that are no text, are passed over.

    Example:
        >>> decode_lists(pl.DataFrame({"tags": [r"Tees\, long, Sale"]}), ["tags"])["tags"].to_list()
        ['["Tees, long","Sale"]']
    """
    texts = [name for name in columns if frame.schema.get(name) == pl.String]
    values = (pl.col(name).str.replace_all(r"\,", "\0", literal=True).str.split(",") for name in texts)
    lists = frame.select(value.list.eval(pl.element().str.strip_chars().str.replace_all("\0", ",", literal=True)) for value in values)
    return frame.with_columns(as_text(cells) for cells in lists)


def has_escaped_comma(cells: pl.Series) -> bool:
    """Return True where a cell of text has a backslash before a comma."""
    return cells.dtype == pl.String and bool(cells.str.contains(r"\,", literal=True).any())
