"""Draw the frame of the dashboard: icon, language, pages. `streamlit run dashboard/app.py -- --config sluice.yaml` starts it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.i18n.language import choose_language, tr
from dashboard.widgets.layout import apply_style

HERE = Path(__file__).parent
ICON = str(HERE / "icon.png")

st.set_page_config(page_title="Sluice", page_icon=ICON, layout="wide")  # before the pages: their icons would be fetched from outside
st.logo(ICON, size="large")
choose_language()
page = st.navigation(
    [
        st.Page(HERE / "views" / "overview.py", title=tr("Overview"), icon=":material/monitoring:", default=True),
        st.Page(HERE / "views" / "runs.py", title=tr("Runs"), icon=":material/history:"),
        st.Page(HERE / "views" / "quarantine.py", title=tr("Quarantine"), icon=":material/front_hand:"),
        st.Page(HERE / "views" / "detectors.py", title=tr("Detectors"), icon=":material/radar:"),
        st.Page(HERE / "views" / "recommender.py", title=tr("Recommender"), icon=":material/recommend:"),
    ]
)
st.set_page_config(page_title=f"{page.title} · Sluice", page_icon=ICON, layout="wide")
apply_style()
page.run()
