"""Draw what happened since the viewer's last look: a sentence per dataset with its actions, then gates and scores, then counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.data.viewer import datasets_of, last_look
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import markdown
from dashboard.widgets.dataset_card import draw_dataset, published_batches
from dashboard.widgets.formatting import format_count, format_time
from dashboard.widgets.gate_table import draw_gates
from dashboard.widgets.incidents import draw_acted, open_incidents
from dashboard.widgets.layout import draw_empty, draw_heading, require_shop
from dashboard.widgets.news import draw_news
from dashboard.widgets.questions import draw_questions
from dashboard.widgets.request_form import draw_confirmation, follow_requests
from dashboard.widgets.request_table import draw_request_table
from dashboard.widgets.undo import draw_undo
from sluice.domain import RequestKind, Run

RELEASES: Sequence[RequestKind] = ("release", "undo_release")


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    since = last_look(shop)
    facts = {"shop": markdown(shop.config.shop), "now": format_time(shop.now), "since": format_time(since)}
    draw_heading(tr("Today"), tr("{shop}, as of {now} UTC; what is new since {since}", **facts))
    runs = cache.runs(shop)
    if not runs:
        draw_empty(tr("No batch has been read yet"), tr("Put files into the landing folder, then run:"), "sluice run")
        return
    draw_confirmation()
    draw_acted(shop)
    draw_questions(shop)
    news = cache.news(shop, since)
    if not any(entry.wrong for entry in news) and (note := cache.quiet_note(shop)):
        st.success(markdown(render_message(note)))
    for entry in news:
        draw_news(shop, entry)
    draw_releases(shop, since)
    draw_gates(shop, news, runs)
    draw_details(shop, runs)
    st.caption(counts_text(shop, runs))
    st.page_link("views/incidents.py", label=tr("Open incidents"), icon=":material/notifications:")
    follow_requests(shop, RELEASES)


def draw_releases(shop: Shop, since: datetime) -> None:
    """Draw the releases of this visit with their answers, and the panel that takes them back: they are decided on this page."""
    requests = [request for request in cache.requests(shop) if request.kind in RELEASES and request.at >= since]
    if requests:
        st.markdown(f"**{tr('Requests')}**")
        draw_request_table(requests)
        draw_undo(shop, RELEASES)


def draw_details(shop: Shop, runs: Sequence[Run]) -> None:
    """Draw the gate, the reasons and the history of one dataset, once somebody asks for it."""
    names = datasets_of(shop)
    dataset = st.pills(tr("Details of a dataset"), names, key="today_dataset", bind="query-params")
    if dataset:
        with st.container(border=True):
            draw_dataset(shop, dataset, [run for run in runs if run.dataset == dataset])


def counts_text(shop: Shop, runs: Sequence[Run]) -> str:
    """Return the totals over all datasets in one line."""
    batches = published_batches(runs)
    parts = [
        ntr("{count} batch", "{count} batches", len(batches)),
        ntr("{count} row read", "{count} rows read", sum(run.rows for run in batches)),
        ntr("{count} row repaired", "{count} rows repaired", sum(run.repaired for run in batches)),
        tr("{count} held now", count=format_count(sum(cache.held_counts(shop).values()))),
        ntr("{count} open incident", "{count} open incidents", len(open_incidents(shop))),
    ]
    return " · ".join(parts)


draw_page()
