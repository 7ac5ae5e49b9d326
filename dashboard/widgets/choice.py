"""Draw widgets whose choices are codes with labels in the reader's language.

Streamlit identifies a widget by its key, and the browser keeps the label that it shows: after the language was switched, the label of the chosen
code would stay in the former one. So the key names the language, and the chosen code is carried over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from dashboard.i18n.language import current_language

T = TypeVar("T")


def choice_key(key: str) -> str:
    """Return the key of a widget in the present language."""
    return f"{key} {current_language()}"


def choose(draw: Callable[..., Any], title: str, codes: Sequence[T], labels: Callable[[T], str], key: str, **options: str) -> T:
    """Draw a select box or radio buttons, and return the chosen code.

    Args:
        draw: `selectbox` or `radio` of a place on the page.
        title: Text above it.
        codes: What can be chosen; the first one is chosen at first.
        labels: Returns the label of a code in the reader's language.
        key: Names the choice, which outlasts a switch of the language.
        options: Further options of the widget.
    """
    code: T = draw(title, codes, index=_position(key, codes), format_func=labels, **_remember_changes(key), **options)
    return _remember(key, codes, code)


def choose_segment(title: str, codes: Sequence[T], labels: Callable[[T], str], key: str, **options: Any) -> T:  # noqa: ANN401  # Streamlit's own options
    """Draw a row of buttons, and return the chosen code; the arguments are those of `choose`."""
    default = codes[_position(key, codes)]
    code: T = st.segmented_control(title, codes, default=default, format_func=labels, required=True, **_remember_changes(key), **options)
    return _remember(key, codes, code)


def remember(key: str, code: object) -> None:
    """Choose a code for a choice that is drawn next, such as on the page that a button opens."""
    st.session_state[_memory(key)] = code


def propose(key: str, code: object) -> None:
    """Choose a code for a choice that is drawn next, unless one was chosen before."""
    if _memory(key) not in st.session_state:
        remember(key, code)


def chosen(key: str) -> object:
    """Return the code that was chosen last; None before one was."""
    return st.session_state.get(_memory(key))


def _remember_changes(key: str) -> dict[str, Any]:
    """Return the options of a widget whose change is remembered before the page is drawn.

    Streamlit draws once where a choice and a switch of the language arrive together: the widget of the former language is not drawn again.
    """
    widget = choice_key(key)
    return {"key": widget, "on_change": lambda: remember(key, st.session_state[widget])}


def _position(key: str, codes: Sequence[T]) -> int:
    remembered = st.session_state.get(_memory(key))
    return codes.index(remembered) if remembered in codes else 0


def _remember(key: str, codes: Sequence[T], drawn: T) -> T:
    code = drawn if drawn in codes else codes[0]
    st.session_state[_memory(key)] = code
    return code


def _memory(key: str) -> str:
    return f"chosen {key}"
