"""Draw the record of decisions: who did what, when and why, and the decisions that can be undone."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.widgets.formatting import format_count, format_time, utc_note
from dashboard.widgets.layout import draw_heading, draw_table, require_shop
from dashboard.widgets.request_form import draw_confirmation, draw_requests
from dashboard.widgets.undo import draw_undo
from sluice.store.activity import ActivityEntry

PAGE_SIZE = 100  # entries


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Activity"), tr("What people decided, and why. Entries are added and never changed."))
    draw_confirmation()
    draw_undo(shop)
    draw_entries(shop)
    st.subheader(tr("Requests"), anchor=False)
    draw_requests(
        shop,
        (
            "release",
            "correct",
            "reject",
            "undo",
            "override",
            "rollback",
            "undo_release",
            "undo_reject",
            "undo_override",
            "undo_rollback",
            "change_rule",
            "undo_change_rule",
            "restore_config",
            "map_values",
            "undo_map_values",
            "merge_products",
            "undo_merge_products",
        ),
    )


def draw_entries(shop: Shop) -> None:
    """Draw one page of the log, the newest entries first."""
    total = cache.activity_count(shop)
    pages = max(-(-total // PAGE_SIZE), 1)
    number = st.pagination(pages, key="activity_page") if pages > 1 else 1
    entries = cache.activity(shop, (number - 1) * PAGE_SIZE, PAGE_SIZE)
    draw_table([entry_row(entry) for entry in entries], tr("Nobody has done anything yet."))
    st.caption(
        tr(
            "Entries {first} to {last} of {total}",
            first=1 + (number - 1) * PAGE_SIZE if total else 0,
            last=(number - 1) * PAGE_SIZE + len(entries),
            total=format_count(total),
        )
    )
    st.caption(utc_note())
    st.caption(tr("The entries are chained by digests; `sluice verify-log` checks that none was changed or removed."))


def entry_row(entry: ActivityEntry) -> Mapping[str, object]:
    """Return an entry as a row of a table."""
    return {
        tr("Time"): format_time(entry.at),
        tr("Who"): entry.who,
        tr("What"): act_label(entry.what),
        tr("About"): render_message(entry.subject),
        tr("Reason"): render_message(entry.reason),
    }


def act_label(what: str) -> str:
    """Return what somebody did in the reader's language; a request names its kind."""
    asked_for = what.removeprefix("ask to ")
    return tr("Request: {kind}", kind=label(asked_for)) if asked_for != what else label(what)


draw_page()
