"""Draw how far a request is, and the button that cancels it."""

from __future__ import annotations

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.i18n.language import render_message, tr
from dashboard.widgets.formatting import format_count
from dashboard.widgets.signature import acting_person, draw_act
from sluice.domain import Request
from sluice.errors import UsageError
from sluice.messages import error_message
from sluice.rules.people import dataset_of


def progress_text(shop: Shop, request: Request) -> str:
    """Return how many batches of a trial are judged; nothing for other requests, which tell no progress."""
    trial = shop.store.trials.get(request.rows[0]) if request.kind == "try_rule" and request.rows else None
    if trial is None or trial.total is None:
        return ""
    return tr("{done} of {total} batches", done=format_count(trial.done), total=format_count(trial.total))


def cancel(shop: Shop, request: Request) -> None:
    """Draw the button that cancels a request, and carry it out; one in progress that is no trial says that it cannot be."""
    if request.state == "taken" and request.kind != "try_rule":
        note = (
            tr("It is in progress: cancel its job above.")
            if request.kind in ("run", "retrain")
            else tr("It is in progress, and publishes what it does as a whole.")
        )
        st.caption(note)
        return
    settings = shop.config.recommender
    about = dataset_of(request, settings.events if settings else "")
    if draw_act(tr("Cancel"), shop, request.kind, about, key="schedule_cancel", icon=":material/close:", width="content"):
        person, by = acting_person(shop), st.session_state.get("by", "").strip()
        ends = shop.store.requests.withdraw if request.state == "asked" else shop.store.requests.cancel
        try:
            ends(request.id, by=person.name if person else by, person=person)
        except UsageError as error:
            st.warning(render_message(error_message(error)))
            return
        st.rerun()
