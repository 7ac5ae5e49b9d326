"""How a person asks for something: a form for the name and the note, and what became of earlier requests."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import word
from dashboard.i18n.language import said, tr
from dashboard.widgets import layout
from sluice.domain import Request, RequestKind


def signature() -> tuple[str, str]:
    """Ask who asks, and why; the name stays with the session."""
    name, note = st.columns([1, 2])
    by = name.text_input(tr("Your name"), value=st.session_state.get("by", ""), max_chars=100, key="signature_by")
    why = note.text_input(tr("Note: why"), max_chars=500, key="signature_note")
    st.session_state["by"] = by
    return by.strip(), why.strip()


def file(
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
    """File a request; without a name or a note, say that they are needed."""
    if not by or not note:
        st.warning(tr("Write your name and a note first: both are kept with the request."))
        return
    shop.store.requests.submit(Request(uuid.uuid4().hex[:12], kind, dataset, by, note, shop.now, tuple(rows), rule, model=model, until=until))
    st.session_state["filed"] = tr("Asked for. It waits below until the next run, at the latest.")
    st.rerun()


def filed() -> None:
    """Say, once, that the last request was filed."""
    if text := st.session_state.pop("filed", None):
        st.success(text)


def requests(shop: Shop, kinds: Sequence[RequestKind], dataset: str | None = None, model: str | None = None) -> None:
    """What was asked for, the newest first, with its answer: of those kinds, and of one dataset or one line of models where they are named."""
    found = [each for each in cache.requests(shop) if each.kind in kinds and dataset in (None, each.dataset) and model in (None, each.model)]
    layout.table([_line(each) for each in found], tr("Nobody has asked for anything yet."))
    if any(each.state == "pending" for each in found):
        st.caption(tr("Waiting requests are carried out by the scheduler (sluice serve), or at once by:"))
        st.code("sluice run", language="bash")


def _line(request: Request) -> dict[str, object]:
    rows = len(request.rows)
    what = request.rule or request.model or (tr("1 row") if rows == 1 else tr("{rows} rows", rows=layout.number(rows)) if rows else request.dataset)
    return {
        tr("State"): word(request.state),
        tr("Asked for"): word(request.kind),
        tr("Of what"): what,
        tr("By"): request.by,
        tr("Note"): request.note,
        tr("When"): layout.moment(request.at),
        tr("Answer"): said(request.answer),
    }
