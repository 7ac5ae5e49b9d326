"""Keep texts from being taken for formulas by a spreadsheet."""

from __future__ import annotations

import polars as pl

_FORMULA = r"[\t\r\n ]*[=+\-@＝＋－＠\t\r]"  # noqa: RUF001  # spreadsheets take the full-width signs for formulas too
_NUMBER = r"^[+-]\d+(?:[.,]\d+)?$"


def defused(text: pl.Series, *, keep_numbers: bool = False) -> pl.Series:
    """Return texts with an apostrophe before each that a spreadsheet would take for a formula; the rule is OWASP's against CSV injection.

    Args:
        text: The texts.
        keep_numbers: Leave numbers with a sign as they are, in columns of a file that has no types.

    Example:
        >>> defused(pl.Series(["=1+1", "a-b", "-2.5", "-2+3", None]), keep_numbers=True).to_list()
        ["'=1+1", 'a-b', '-2.5', "'-2+3", None]
    """
    is_number = pl.col("text").str.contains(_NUMBER) & keep_numbers
    is_formula = pl.col("text").str.contains(f"^{_FORMULA}") & ~is_number
    return text.to_frame("text").select(pl.when(is_formula).then("'" + pl.col("text")).otherwise("text")).to_series().alias(text.name)


def defused_name(name: str) -> str:
    """Return the name of a column so that no spreadsheet takes it for a formula."""
    return str(defused(pl.Series([name])).item())


def undefused(text: pl.Series) -> pl.Series:
    """Return texts without the apostrophe of `defused`.

    Example:
        >>> undefused(pl.Series(["'=1+1", "'a'", None])).to_list()
        ['=1+1', "'a'", None]
    """
    return text.str.replace(f"^'({_FORMULA})", "${1}")
