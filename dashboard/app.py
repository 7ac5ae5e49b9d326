"""Draw the frame of the dashboard: icon, language, pages. `dashboard/server.py` serves it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.i18n.language import choose_language, tr
from dashboard.i18n.streamlit_texts import draw_streamlit_texts
from dashboard.widgets.layout import apply_style
from dashboard.widgets.search import draw_search
from dashboard.widgets.sign_in import admit

HERE = Path(__file__).parent
ICON = str(HERE / "icon.png")

st.set_page_config(page_title="Sluice", page_icon=ICON, layout="wide")  # before the pages: their icons would be fetched from outside
st.logo(ICON, size="large")
choose_language()


def make_page(name: str, title: str, icon: str | None = None, *, default: bool = False) -> StreamlitPage:
    """Return a page of the menu; without an icon it is reached by links alone."""
    path = HERE / "views" / f"{name}.py"
    if icon is None:
        return st.Page(path, title=title, visibility="hidden")
    return st.Page(path, title=title, icon=f":material/{icon}:", default=default)


page = st.navigation(
    {
        "": [
            make_page("today", tr("Today"), "today", default=True),
            make_page("rule", tr("Rule history")),
            make_page("find", tr("Find")),
            make_page("row", tr("One row")),
        ],
        tr("Review"): [
            make_page("incidents", tr("Incidents"), "notifications"),
            make_page("quarantine", tr("Quarantine"), "front_hand"),
            make_page("repairs", tr("Repairs"), "build"),
            make_page("values", tr("Values"), "spellcheck"),
            make_page("labels", tr("Labels"), "label"),
            make_page("products", tr("Products"), "merge"),
            make_page("proposals", tr("Proposals"), "forum"),
        ],
        tr("Data"): [
            make_page("runs", tr("Runs"), "history"),
            make_page("columns", tr("Columns"), "view_column"),
            make_page("rules", tr("Rules"), "rule"),
            make_page("schedule", tr("Schedule"), "schedule"),
        ],
        tr("Models"): [
            make_page("detectors", tr("Detectors"), "radar"),
            make_page("recommender", tr("Recommender"), "recommend"),
        ],
        tr("Records"): [
            make_page("alerts", tr("Alerts"), "send"),
            make_page("activity", tr("Activity"), "list_alt"),
        ],
    },
    expanded=True,
)
st.set_page_config(page_title=f"{page.title} · Sluice", page_icon=ICON, layout="wide")
apply_style()
draw_streamlit_texts()
admit()
draw_search()
page.run()
