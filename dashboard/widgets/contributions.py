"""Draw one row as a detector scores it: each cell, the expected value, and its contribution to the anomaly score as a bar."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import selectors as cs

from dashboard.data.diagnostics import AnomalousRow
from dashboard.i18n.language import tr
from dashboard.safety import masking
from dashboard.safety.escape import markup
from dashboard.widgets.cell_table import value_html
from sluice.domain import MASK, Schema

FULL = 6.0  # -log10 p: a cell of which one in a million is as unusual fills the bar


def contributions_html(scored: AnomalousRow, row: pl.DataFrame, schema: Schema) -> str:
    """Return the scored cells, largest contribution first, as an HTML table in which every text is escaped.

    Args:
        scored: The row's diagnostics.
        row: The row as it is published; without rows where it is not.
        schema: Declared columns of the dataset.
    """
    headers = (tr("Column"), tr("Observed"), tr("Expected"), tr("Contribution"))
    head = "".join(f"<th>{markup(header)}</th>" for header in headers)
    observed = _texts(masking.mask(row, schema))
    personal = {column.name for column in schema.columns if column.personal}
    ordered = sorted(scored.cells.items(), key=lambda cell: -cell[1][0])
    rows = (
        _row_html(name, observed.get(name), MASK if name in personal else expected, contribution, blamed=name in scored.blamed)
        for name, (contribution, expected) in ordered
    )
    return f'<table class="cells"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _texts(row: pl.DataFrame) -> Mapping[str, str | None]:
    if row.is_empty():
        return {}
    declared = row.select(~cs.by_name("_raw", "_reasons", require_all=False))
    return declared.with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S")).cast(pl.String).row(0, named=True)


def _row_html(name: str, observed: str | None, expected: str | None, contribution: float, *, blamed: bool) -> str:
    filled = 100 * min(max(contribution, 0.0), FULL) / FULL
    bar = f'<div class="bar"><div style="width:{filled:.0f}%"></div></div>{contribution:.1f}'
    cells = (markup(name), value_html(observed), markup(expected or ""), bar)
    return f'<tr class="{"blamed" if blamed else ""}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
