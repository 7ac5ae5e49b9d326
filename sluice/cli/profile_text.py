"""Describe the profile of a column in lines and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sluice.cli.language import tr, word
from sluice.cli.output import stored_cell, table_text

if TYPE_CHECKING:
    from sluice.domain import ColumnProfile

TOP_VALUES = 3  # in the table of all columns


def column_row(one: ColumnProfile) -> Mapping[str, object]:
    """Return one line for a column."""
    return {
        "column": one.column,
        "type": one.type,
        "rows": one.rows,
        "missing": _share(one.nulls, one.rows),
        "distinct": _about(one.distinct, exact=not one.distinct_error),
        "least": _least(one),
        "median": _median(one),
        "greatest": _greatest(one),
        "top": [f"{value} {_share(rows, one.filled)}" for value, rows in one.top[:TOP_VALUES]] if one.distinct < one.filled else None,
    }


def details(one: ColumnProfile) -> Iterator[str]:
    """Yield what is known of a column, as lines and tables."""
    from sluice.domain import MAIN_QUANTILES, QUANTILES
    from sluice.rules.profiles import round_mean

    yield tr(
        "{column}, {type}: {nulls:,} of {rows:,} rows without a value ({share})",
        column=one.column,
        type=word(one.type),
        nulls=one.nulls,
        rows=one.rows,
        share=_share(one.nulls, one.rows),
    ) + (tr(", {rows:,} with an empty text", rows=one.empty) if one.empty else "")
    error = tr(", estimated with a standard error of {error:.1%}", error=one.distinct_error) if one.distinct_error else ""
    yield tr("distinct values: {count}", count=_about(one.distinct, exact=not one.distinct_error)) + error
    if one.mean is not None:
        yield tr("least {least}, mean {mean}, greatest {greatest}", least=one.least, mean=round_mean(one), greatest=one.greatest)
    if one.lengths:
        lengths = one.lengths
        yield tr("characters: least {least:,}, mean {mean:,.1f}, greatest {greatest:,}", least=lengths.least, mean=lengths.mean, greatest=lengths.greatest)
    quantiles = one.quantiles or (one.lengths.quantiles if one.lengths else ())
    sampled = "" if one.sampled == one.filled else tr(", from {rows:,} rows taken by chance", rows=one.sampled)
    if quantiles:
        yield (tr("quantiles") if one.quantiles else tr("quantiles of the characters")) + sampled + tr(":")
        values = {f"{share:.0%}": stored_cell(value) for share, value in zip(QUANTILES, quantiles, strict=True) if share in MAIN_QUANTILES}
        yield table_text([values], None)
    if one.top:
        yield tr("top values") + ("" if one.top_exact else tr(", estimated") + sampled) + tr(":")
        yield table_text([{"value": value, "rows": rows, "share": _share(rows, one.filled)} for value, rows in one.top], None)
    if one.patterns:
        yield tr("patterns") + sampled + tr(":")
        yield table_text([{"pattern": pattern, "share": _share(texts, one.sampled)} for pattern, texts in one.patterns], None)


def _share(count: int, total: int) -> str:
    return f"{count / total:.1%}" if total else "-"


def _about(count: int, *, exact: bool) -> str:
    return f"{count:,}" if exact else f"≈ {count:,}"


def _least(one: ColumnProfile) -> object:
    return one.least if one.lengths is None else _characters(one.lengths.least)


def _greatest(one: ColumnProfile) -> object:
    return one.greatest if one.lengths is None else _characters(one.lengths.greatest)


def _median(one: ColumnProfile) -> object:
    from sluice.domain import QUANTILES

    middle = QUANTILES.index(0.5)
    return (one.quantiles[middle] if one.quantiles else None) if one.lengths is None else _characters(one.lengths.quantiles[middle])


def _characters(length: float) -> str:
    return tr("{length:.0f} characters", length=length)
