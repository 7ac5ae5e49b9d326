"""Take off what systems write around cells so that spreadsheets neither run them as formulas nor change their digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from sluice.domain import Guard

_PATTERNS: Mapping[Guard, tuple[str, str]] = {
    "apostrophe": (r"(?s)^'([=+\-@\t\r].*|\d[\d -]*)$", "${1}"),
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
