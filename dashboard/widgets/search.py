"""Draw the search box, which stands at the top of every page, on a phone too."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n.language import tr

_VALUE, _BOX, _NEW = "find_value", "find_box", "find_new"
_WIDTH = 340  # pixels


def draw_search() -> None:
    """Draw the box; a new value opens the page of matches. It stays out of the address, since it may be personal."""
    with st.container(horizontal=True, horizontal_alignment="right", key="search"):
        st.text_input(
            tr("Find"),
            key=_BOX,
            max_chars=500,
            placeholder=tr("Find a user, item, row, file, run or rule"),
            on_change=_remember,
            label_visibility="collapsed",
            icon=":material/search:",
            width=_WIDTH,
        )
    if st.session_state.pop(_NEW, False):
        st.switch_page("views/find.py")


def searched() -> str:
    """Return the value that is searched."""
    return str(st.session_state.get(_VALUE, ""))


def _remember() -> None:
    value = str(st.session_state[_BOX]).strip()
    st.session_state[_VALUE], st.session_state[_NEW] = value, bool(value)
