"""Draw the frame of the dashboard: icon, language, pages. `dashboard/server.py` serves it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.i18n.language import choose_language, tr
from dashboard.widgets.layout import apply_style
from dashboard.widgets.search import draw_search
from dashboard.widgets.sign_in import admit

HERE = Path(__file__).parent
ICON = str(HERE / "icon.png")

st.set_page_config(page_title="Sluice", page_icon=ICON, layout="wide")  # before the pages: their icons would be fetched from outside
st.logo(ICON, size="large")
choose_language()
page = st.navigation(
    [
        st.Page(HERE / "views" / "today.py", title=tr("Today"), icon=":material/today:", default=True),
        st.Page(HERE / "views" / "runs.py", title=tr("Runs"), icon=":material/history:"),
        st.Page(HERE / "views" / "incidents.py", title=tr("Incidents"), icon=":material/notifications:"),
        st.Page(HERE / "views" / "quarantine.py", title=tr("Quarantine"), icon=":material/front_hand:"),
        st.Page(HERE / "views" / "repairs.py", title=tr("Repairs"), icon=":material/build:"),
        st.Page(HERE / "views" / "values.py", title=tr("Values"), icon=":material/spellcheck:"),
        st.Page(HERE / "views" / "rules.py", title=tr("Rules"), icon=":material/rule:"),
        st.Page(HERE / "views" / "columns.py", title=tr("Columns"), icon=":material/view_column:"),
        st.Page(HERE / "views" / "detectors.py", title=tr("Detectors"), icon=":material/radar:"),
        st.Page(HERE / "views" / "recommender.py", title=tr("Recommender"), icon=":material/recommend:"),
        st.Page(HERE / "views" / "schedule.py", title=tr("Schedule"), icon=":material/schedule:"),
        st.Page(HERE / "views" / "alerts.py", title=tr("Alerts"), icon=":material/send:"),
        st.Page(HERE / "views" / "activity.py", title=tr("Activity"), icon=":material/list_alt:"),
        st.Page(HERE / "views" / "rule.py", title=tr("Rule history"), visibility="hidden"),
        st.Page(HERE / "views" / "find.py", title=tr("Find"), visibility="hidden"),
        st.Page(HERE / "views" / "row.py", title=tr("One row"), visibility="hidden"),
    ]
)
st.set_page_config(page_title=f"{page.title} · Sluice", page_icon=ICON, layout="wide")
apply_style()
admit()
draw_search()
page.run()
