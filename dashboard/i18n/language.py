"""Translate the dashboard by gettext: English texts stand in the code, other languages in the catalogues below `locales`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from sluice.domain import Message
from sluice.messages import render
from sluice.translations import load_translations

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}
LOCALES = Path(__file__).parent / "locales"


def choose_language() -> None:
    """Draw the language switch; the choice is stored in the session and in the address."""
    if "language" not in st.session_state:
        st.session_state["language"] = _requested_language()
    st.sidebar.segmented_control("Language / 语言", list(LANGUAGES), key="language", format_func=LANGUAGES.__getitem__, required=True)
    st.query_params["lang"] = current_language()


def _requested_language() -> str:
    requested = st.query_params.get("lang") or (st.context.locale or "")[:2]
    return requested if requested in LANGUAGES else "en"


def current_language() -> str:
    """Return the language of the session."""
    return st.session_state.get("language") or "en"


def tr(english: str, /, **values: object) -> str:
    """Return a text of the dashboard in the language of the session, its fields filled in."""
    return load_translations(LOCALES, current_language()).gettext(english).format(**values)


def ntr(singular: str, plural: str, count: int, /, **values: object) -> str:
    """Return a text that depends on a number in the language of the session, its fields filled in; `{count}` is the number."""
    text = load_translations(LOCALES, current_language()).ngettext(singular, plural, count)
    return text.format(count=f"{count:,}", **values)


def render_message(message: Message | str) -> str:
    """Return a reason, an answer or a finding in the language of the session; a sentence that was stored as text stays as it is."""
    return render(Message.loads(message) if isinstance(message, str) else message, current_language())
