"""Draw who decides: the name of who signed in, else a field for it; and buttons that say which role they need."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.data.viewer import SignedOut, missing_role, person_of, viewer
from dashboard.i18n.language import render_message, tr
from sluice.domain import Person, RequestKind, Role
from sluice.rules.people import NEEDED


def draw_name(shop: Shop, key: str, place: Any = st) -> str:  # noqa: ANN401  # Streamlit, or one of its containers
    """Return the name of who signed in; where nobody has to, draw a field for it. All fields of a session hold the name that was entered last."""
    if name := viewer(shop):
        return name
    st.session_state[key] = st.session_state.get("by", "")
    by: str = place.text_input(tr("Your name"), max_chars=100, key=key, on_change=_keep_name, args=(key,))
    return by.strip()


def _keep_name(key: str) -> None:
    """Hold the name of one field for all of them."""
    st.session_state["by"] = st.session_state[key]


def acting_person(shop: Shop) -> Person | None:
    """Return who signed in, at the moment of an act; where the session is over, draw the sign-in."""
    try:
        return person_of(shop.config)
    except SignedOut:
        st.rerun()


def draw_act(
    text: str,
    shop: Shop,
    needed: Role | RequestKind,
    dataset: str,
    *,
    key: str,
    place: Any = st,  # noqa: ANN401  # Streamlit, or one of its containers
    primary: bool = False,
    icon: str | None = None,
    disabled: bool = False,
    help: str | None = None,  # noqa: A002  # as Streamlit names it
    width: Literal["content", "stretch"] = "stretch",
    shortcut: str | None = None,
    on_click: Callable[..., object] | None = None,
    args: tuple[Any, ...] = (),
) -> bool:
    """Draw a button, and return whether it was clicked; without the role that it needs, it is disabled and says which one that is.

    Args:
        text: Text of the button.
        shop: The shop.
        needed: The role, or the kind of request that needs it.
        dataset: Dataset that the act is about.
        key: Key of the button.
        place: Where it is drawn.
        primary: Whether it stands out.
        icon: Icon before the text.
        disabled: Whether it is disabled for another reason, which `help` says.
        help: What appears beside the pointer.
        width: Width of the button.
        shortcut: Key that clicks it.
        on_click: Called with a click, before the page is drawn anew.
        args: Its arguments.
    """
    lacking = missing_role(shop, NEEDED.get(needed, needed), dataset)  # type: ignore[arg-type]  # what is no kind of request is a role
    hint = render_message(lacking) if lacking else help
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    off = disabled or lacking is not None
    act = None if off else on_click  # a browser can say that a disabled button was clicked
    clicked: bool = place.button(
        text, key=key, type=kind, icon=icon, disabled=off, help=hint, width=width, shortcut=shortcut, on_click=act, args=args if act else None
    )
    return clicked and not off
