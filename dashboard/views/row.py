"""Draw the life of one row: file, casts, repairs, reasons, decisions, publication, models; and its cells."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.data.viewer import schema_for_viewer
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import message_markdown
from dashboard.widgets.cell_table import cells_html, collect_cells
from dashboard.widgets.formatting import format_time
from dashboard.widgets.layout import draw_card_title, draw_empty, draw_heading, require_shop
from sluice.store.row_life import RowLife, Step


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    row = st.query_params.get("row", "")
    draw_heading(tr("One row"), tr("What happened to it, from its file to the models that learned from it."))
    life = cache.row_life(shop, row) if row else None
    if life is None:
        draw_empty(tr("There is no such row"), tr("Search for a user, an item or a row id in the box above."))
        return
    draw_life(life)
    draw_cells(shop, life)


def draw_life(life: RowLife) -> None:
    """Draw the steps, the oldest first."""
    with st.container(border=True):
        draw_card_title(life.dataset, life.state)
        st.text(f"{tr('Row')} {life.row}")
        st.markdown("\n".join(f"{number}. {_line(step)}" for number, step in enumerate(life.steps, 1)))
    with st.container(horizontal=True):
        st.page_link("views/runs.py", label=tr("Open run"), icon=":material/history:", query_params={"run": life.row.rpartition(".")[0]})
        if life.state != "published":
            query: Mapping[str, str] = {"row": life.row, "quarantine_dataset": life.dataset}
            st.page_link("views/quarantine.py", label=tr("Decide"), icon=":material/gavel:", query_params=query)


def _line(step: Step) -> str:
    at = f" ({format_time(step.at)})" if step.at else ""
    return f"**{label(step.stage)}**{at}: {message_markdown(render_message(step.message))}"


def draw_cells(shop: Shop, life: RowLife) -> None:
    """Draw each cell as it arrived and as it is now, where the row was ever held."""
    if quarantined := cache.row(shop, life.dataset, life.row):
        st.html(cells_html(collect_cells(quarantined.row, quarantined.repairs, schema_for_viewer(shop, life.dataset))))


draw_page()
