"""Draw the rows that a request is about by their keys: an id says nothing to a person."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard.data.shop import Shop
from dashboard.data.viewer import schema_for_viewer
from dashboard.i18n.language import ntr, tr
from dashboard.safety import masking
from dashboard.widgets.layout import draw_table
from sluice.domain import ROW, Request

MAX_ROWS = 10


def draw_keys(shop: Shop, request: Request) -> None:
    """Draw the ids and the key columns of the rows of a release, a correction or an undo of repairs, the first ones; personal cells are masked."""
    rows = rows_of(shop, request)
    if rows.width < 2:  # without a key, an id is all there is
        return
    masked = masking.mask(rows.head(MAX_ROWS), schema_for_viewer(shop, request.dataset))
    draw_table([{tr("Row"): row.pop(ROW), **row} for row in masked.iter_rows(named=True)])
    if rows.height > MAX_ROWS:
        st.caption(ntr("and {count} more row", "and {count} more rows", rows.height - MAX_ROWS))


def rows_of(shop: Shop, request: Request) -> pl.DataFrame:
    """Return the ids and the key columns of the rows of a request, as they are held now or, for an undo of repairs, published."""
    dataset, snapshot = request.dataset, shop.store.snapshot()
    is_undo = request.kind == "undo"
    table = snapshot.published(dataset) if is_undo else snapshot.quarantine(dataset)
    key = [name for name in shop.schema(dataset).key if name in table.collect_schema()]
    if not is_undo:
        return shop.store.quarantine.held(dataset, rows=request.rows, rule=None if request.rows else request.rule, columns=key).select(ROW, *key)
    named = list(dict.fromkeys(repair.partition("/")[0] for repair in request.rows))
    return table.filter(pl.col(ROW).is_in(named)).select(ROW, *key).collect() if key else pl.DataFrame({ROW: named})
