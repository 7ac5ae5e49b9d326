"""Draw request forms: the fields for name and reason, and the list of earlier requests with their answers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.widgets.formatting import format_time
from dashboard.widgets.layout import draw_table
from sluice.domain import Request, RequestKind


def draw_signature() -> tuple[str, str]:
    """Draw the fields for name and reason, and return both; the name stays with the session."""
    name, note = st.columns([1, 2])
    by = name.text_input(tr("Your name"), value=st.session_state.get("by", ""), max_chars=100, key="signature_by")
    why = note.text_input(tr("Reason for the request"), max_chars=500, key="signature_note")
    st.session_state["by"] = by
    return by.strip(), why.strip()


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
) -> None:
    """Submit a request; without a name or a reason, draw a warning instead."""
    if not by or not note:
        st.warning(tr("Enter your name and a reason first: both are stored with the request."))
        return
    shop.store.requests.submit(Request(uuid.uuid4().hex[:12], kind, dataset, by, note, shop.now, tuple(rows), rule, model=model, until=until))
    st.session_state["submitted"] = tr("The request was submitted. It is listed below, and carried out at the next run at the latest.")
    st.rerun()


def draw_confirmation() -> None:
    """Draw, once, that the last request was submitted."""
    if text := st.session_state.pop("submitted", None):
        st.success(text)


def draw_requests(shop: Shop, kinds: Sequence[RequestKind], dataset: str | None = None, model: str | None = None) -> None:
    """Draw the requests of some kinds with their answers, newest first; of one dataset or one registered model where it is given."""
    matches = [request for request in cache.requests(shop) if request.kind in kinds and dataset in (None, request.dataset) and model in (None, request.model)]
    draw_table([_table_row(request) for request in matches], tr("There are no requests yet."))
    if any(request.state == "pending" for request in matches):
        st.caption(tr("The scheduler (sluice serve) carries pending requests out; this does it now:"))
        st.code("sluice run", language="bash")


def _table_row(request: Request) -> dict[str, object]:
    return {
        tr("State"): label(request.state),
        tr("Request"): label(request.kind),
        tr("Target"): request.rule or request.model or _rows_text(len(request.rows)) or request.dataset,
        tr("Requested by"): request.by,
        tr("Reason"): request.note,
        tr("Time"): format_time(request.at),
        tr("Answer"): render_message(request.answer),
    }


def _rows_text(rows: int) -> str:
    return ntr("{count} row", "{count} rows", rows) if rows else ""
