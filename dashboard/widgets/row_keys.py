"""Go through held rows by keys: the next and the previous row, release and reject; each key acts on the row that the person saw."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import tr
from dashboard.widgets.open_requests import is_decided
from dashboard.widgets.request_form import submit_request
from dashboard.widgets.signature import acting_person, draw_act
from sluice.domain import RequestKind
from sluice.rules import waivable

_DECIDED = "rows_decided"  # of the session: what keys decided and no request asks for yet


def draw_row_keys(shop: Shop, dataset: str, rows: Sequence[str], opened: str | None, rules: Sequence[str]) -> None:
    """Draw the buttons that keys press, and file what they decided.

    Args:
        shop: The shop.
        dataset: Name of the dataset.
        rows: Ids of the rows on the page of the table.
        opened: Id of the opened row; None where none is.
        rules: Rules that hold it.
    """
    _file_decided(shop)
    place = rows.index(opened) if opened in rows else None
    with st.container(horizontal=True, gap="small"):
        # Not named by the row: pressed while the page is drawn, the key goes on from the row that is opened by then
        back, on = place in (None, 0), place == len(rows) - 1
        st.button(tr("Previous row"), icon=":material/keyboard_arrow_up:", shortcut="K", key="row_previous", on_click=_open, args=(rows, -1), disabled=back)
        st.button(tr("Next row"), icon=":material/keyboard_arrow_down:", shortcut="J", key="row_next", on_click=_open, args=(rows, 1), disabled=on)
        if opened is not None:
            _draw_decisions(shop, dataset, rows, opened, fixed=not waivable(rules))


def _draw_decisions(shop: Shop, dataset: str, rows: Sequence[str], opened: str, *, fixed: bool) -> None:
    """Draw the buttons that decide on the opened row; they are named by it, so that a key never decides on one that is opened meanwhile."""
    is_open = _is_asked(shop, dataset, opened)
    acts: Sequence[tuple[RequestKind, str, str, str]] = (
        ("release", tr("Release this row"), "check", "P"),  # Streamlit keeps R and C for itself
        ("reject", tr("Reject this row"), "delete", "X"),
    )
    for kind, text, icon, shortcut in acts:
        off = is_open or (kind == "release" and fixed)
        hint = tr("A request about this row is open already.") if is_open else None
        decided = (dataset, kind, opened, rows)
        draw_act(
            text,
            shop,
            kind,
            dataset,
            key=f"row_{kind} {opened}",
            icon=f":material/{icon}:",
            disabled=off,
            help=hint,
            width="content",
            shortcut=shortcut,
            on_click=_decide,
            args=decided,
        )


def _open(rows: Sequence[str], step: int) -> None:
    """Open the row that lies a step from the one that is opened now; the first one where none is."""
    opened = st.query_params.get("row")
    place = rows.index(opened) + step if opened in rows else 0
    if 0 <= place < len(rows):
        st.query_params["row"] = rows[place]


def _decide(dataset: str, kind: RequestKind, row: str, rows: Sequence[str]) -> None:
    """Note what a key decided, and open the next row where the decided one is still opened."""
    if not _has_name():
        st.session_state[_DECIDED] = [(dataset, kind, row)]  # filed at once, which asks for the name
        return
    st.session_state.setdefault(_DECIDED, []).append((dataset, kind, row))
    if st.query_params.get("row") == row:
        _open(rows, 1)


def _has_name() -> bool:
    return bool(st.session_state.get("by", "").strip()) or bool(st.session_state.get("signed_in"))


def _file_decided(shop: Shop) -> None:
    """Ask for what keys decided, one request for each row; a row about which a request is open is left to that."""
    decided: list[tuple[str, RequestKind, str]] = st.session_state.get(_DECIDED, [])
    while decided:
        dataset, kind, row = decided.pop(0)
        if not _is_asked(shop, dataset, row):
            person = acting_person(shop)
            name = person.name if person else st.session_state.get("by", "").strip()
            submit_request(shop, kind, dataset, by=name, note="", rows=(row,), ask=kind == "release")


def _is_asked(shop: Shop, dataset: str, row: str) -> bool:
    """Return True where a request about a row waits or is in progress; the store is asked, since the page may have been drawn before."""
    requests = shop.store.requests.unfinished(dataset) if st.session_state.get(_DECIDED) else cache.requests(shop)
    return is_decided(requests, dataset, [row])
