"""Draw where a value, a row, a file or a run is: published, held, repaired, flagged."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data import cache
from dashboard.i18n.labels import label
from dashboard.i18n.language import ntr, tr
from dashboard.widgets.formatting import format_count
from dashboard.widgets.layout import draw_choice, draw_empty, draw_heading, require_shop
from dashboard.widgets.search import searched
from sluice.store.find import Match


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Find"), tr("A user, an item, an event, a row id, a file or a run, as a whole value. Select a match to open it."))
    value = searched()
    search = cache.find(shop, value) if value else None
    if search is None or not search.matches:
        draw_empty(tr("Nothing matches"), tr("Enter the whole value in the box at the side."))
        return
    selected = draw_choice([_row(match) for match in search.matches], f"matches {hash(search.matches)}")
    st.caption(ntr("{count} match", "{count} matches", search.total))
    if search.total > len(search.matches):
        st.caption(tr("Only the first {count} are listed.", count=format_count(len(search.matches))))
    if selected is not None:
        open_match(search.matches[selected])


def open_match(match: Match) -> None:
    """Open the page of a row or of a run."""
    if match.row:
        st.switch_page("views/row.py", query_params={"row": match.row})
    st.switch_page("views/runs.py", query_params={"run": match.run})


def _row(match: Match) -> Mapping[str, object]:
    return {tr("Place"): label(match.place), tr("Dataset"): match.dataset, tr("Column"): match.column, tr("Row"): match.row, tr("Run"): match.run}


draw_page()
