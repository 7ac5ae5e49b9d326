"""Draw the button that has rows chosen, and how many are."""

from __future__ import annotations

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop, is_stale
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import message_markdown
from dashboard.widgets.label_acts import ask_about, file_request, skipped_rows
from dashboard.widgets.signature import draw_act
from sluice.domain import Request

_UNFINISHED = ("pending", "taken")


def newest_choice(shop: Shop, dataset: str) -> Request | None:
    """Return the newest request to choose rows of a dataset."""
    return next((request for request in cache.requests(shop) if (request.kind, request.dataset) == ("choose_rows", dataset)), None)


def is_choosing(shop: Shop, dataset: str) -> bool:
    """Return True while rows are being chosen."""
    newest = newest_choice(shop, dataset)
    return newest is not None and newest.state in _UNFINISHED


def draw_choice_of_rows(shop: Shop, dataset: str, text: str, *, primary: bool) -> None:
    """Draw the button that has rows chosen, else how far that is; and why the last choice failed, where it did."""
    newest = newest_choice(shop, dataset)
    if newest is not None and newest.state in _UNFINISHED:
        _draw_progress(shop, dataset, in_progress=newest.state == "taken")
        return
    if newest is not None and newest.state == "refused":
        st.error(message_markdown(render_message(newest.answer)))
    if draw_act(text, shop, "choose_rows", dataset, key="label_choose", icon=":material/playlist_add:", primary=primary, width="content"):
        by = str(st.session_state.get("by") or "") or "dashboard"
        if file_request(shop, "choose_rows", dataset, by) is not None:
            skipped_rows(dataset).clear()
            ask_about(dataset, "")
            st.rerun()


@st.fragment(run_every="2s")
def _draw_progress(shop: Shop, dataset: str, *, in_progress: bool) -> None:
    """Draw how many rows are chosen, and the page anew once all are."""
    if is_stale(shop):
        st.rerun()
    plan = shop.store.label_plans.of(dataset)
    if not in_progress:
        st.progress(0.0, tr("Waits for the scheduler (sluice serve) or the next sluice run"))
    elif not plan.total:
        st.progress(0.0, tr("In progress: comparing the cells of the rows"))
    else:
        st.progress(plan.done / plan.total, tr("{done} of {total} rows chosen", done=plan.done, total=plan.total))
