"""One row as a detector sees it: each cell, what was expected instead, and its surprise as a bar."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import selectors as cs

from dashboard.data.diagnostics import Loud
from dashboard.i18n.language import tr
from dashboard.safety import masking
from dashboard.safety.escape import markup
from sluice.domain import MASK, Schema

FULL = 6.0  # -log10 p: what is seen once in a million rows fills the bar


def table(loud: Loud, row: pl.DataFrame, schema: Schema) -> str:
    """The cells that the detector looked at, the loudest first, as an HTML table in which every text is escaped.

    Args:
        loud: The row as the detector sees it.
        row: The row as it is published; of no rows where it is not.
        schema: What is declared of the dataset.
    """
    heads = (tr("Column"), tr("Observed"), tr("Expected"), tr("Surprise"))
    head = "".join(f"<th>{markup(each)}</th>" for each in heads)
    observed = _texts(masking.mask(row, schema))
    personal = {column.name for column in schema.columns if column.personal}
    ordered = sorted(loud.cells.items(), key=lambda cell: -cell[1][0])
    lines = (_line(name, observed.get(name), MASK if name in personal else expected, surprise, name in loud.blamed) for name, (surprise, expected) in ordered)
    return f'<table class="cells"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def _texts(row: pl.DataFrame) -> Mapping[str, str | None]:
    if row.is_empty():
        return {}
    plain = row.select(~cs.by_name("_raw", "_reasons", require_all=False))
    return plain.with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S")).cast(pl.String).row(0, named=True)


def _line(name: str, observed: str | None, expected: str | None, surprise: float, blamed: bool) -> str:  # noqa: FBT001  # a field of the line
    filled = 100 * min(max(surprise, 0.0), FULL) / FULL
    bar = f'<div class="bar"><div style="width:{filled:.0f}%"></div></div>{surprise:.1f}'
    there = f'<span class="none">{markup(tr("empty"))}</span>' if observed is None else markup(observed)
    return f'<tr class="{"blamed" if blamed else ""}"><td>{markup(name)}</td><td>{there}</td><td>{markup(expected or "")}</td><td>{bar}</td></tr>'
