"""Draw request forms: the fields for name and reason, and the list of earlier requests with their answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop, is_stale
from dashboard.i18n.language import render_message, tr
from dashboard.widgets.request_table import draw_request_table
from dashboard.widgets.signature import acting_person, draw_name
from sluice.domain import CorrectedCell, Request, RequestKind
from sluice.errors import UsageError
from sluice.messages import error_message
from sluice.store.ids import new_id


def draw_signature(shop: Shop, *, opens_gate: bool = False, key: str = "signature") -> tuple[str, str]:
    """Draw the fields for name and reason, and return both; the name is that of who signed in, else it stays with the session."""
    name, note = st.columns([1, 2])
    by = draw_name(shop, f"{key}_by", name)
    why = note.text_input(
        tr("Reason for the request"), max_chars=500, key=f"{key}_note", placeholder=tr("Optional; needed to open a gate") if opens_gate else tr("Optional")
    )
    return by, why.strip()


def submit_request(
    shop: Shop,
    kind: RequestKind,
    dataset: str,
    *,
    by: str,
    note: str,
    rows: Sequence[str] = (),
    rule: str | None = None,
    model: str = "",
    until: datetime | None = None,
    ask: bool = False,
    cells: Sequence[CorrectedCell] = (),
) -> None:
    """Submit a request; without a name, or an override's reason, draw a warning instead. With `ask`, it waits for a confirmation where its effect is large."""
    if not by or (kind == "override" and not note):
        needed = tr("Enter your name and a reason first: both are stored with the override.") if kind == "override" else name_needed()
        st.warning(needed)
        return
    person = acting_person(shop)
    name, number = person.name if person else by, new_id()
    request = Request(number, kind, dataset, name, note, shop.now, tuple(rows), rule, model=model, until=until, ask=ask, person=person)
    try:
        shop.store.requests.submit(request, cells)
    except UsageError as error:
        st.warning(render_message(error_message(error)))
        return
    st.session_state["submitted"] = tr("The request was submitted. It is listed below, and carried out at the next run at the latest.")
    st.rerun()


def name_needed() -> str:
    """Return the warning where somebody decides without a name."""
    return tr("Enter your name first: it is stored with the decision.")


def draw_confirmation() -> None:
    """Draw, once, that the last request was submitted."""
    if text := st.session_state.pop("submitted", None):
        st.success(text)


def draw_requests(shop: Shop, kinds: Sequence[RequestKind], dataset: str | None = None, model: str | None = None) -> None:
    """Draw the requests of some kinds with their answers, newest first; of one dataset or one registered model where it is given."""
    matches = [request for request in cache.requests(shop) if request.kind in kinds and dataset in (None, request.dataset) and model in (None, request.model)]
    draw_request_table(matches)
    follow_requests(shop, kinds, dataset)
    if any(request.state == "pending" for request in matches):
        st.caption(tr("The scheduler (sluice serve) carries pending requests out; this does it now:"))
        st.code("sluice run", language="bash")


def follow_requests(shop: Shop, kinds: Sequence[RequestKind], dataset: str | None = None) -> None:
    """Draw the page anew once a request of some kinds is answered."""
    if any(request.state in ("pending", "taken") and request.kind in kinds and dataset in (None, request.dataset) for request in cache.requests(shop)):
        _follow(shop)


@st.fragment(run_every="2s")
def _follow(shop: Shop) -> None:
    """Draw the page anew once a request is answered, or anything else changes."""
    if is_stale(shop):
        st.rerun()
