"""Draw the alerts: who was told what, what was not delivered, and what needed nobody."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import choice_labels
from dashboard.i18n.language import tr
from dashboard.widgets.alerts import alert_row, draw_alert, draw_retried
from dashboard.widgets.choice import choose, remember
from dashboard.widgets.formatting import format_count
from dashboard.widgets.layout import draw_choice, draw_empty, draw_heading, require_shop
from sluice.domain import AlertState

PAGE_SIZE = 100  # alerts
STATES: tuple[str, ...] = get_args(AlertState)


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Alerts"), tr("Who was told what. An alert is recorded before it is sent; what failed is tried again by itself."))
    draw_retried()
    state, dataset = draw_filters(shop)
    total = cache.alert_count(shop, state, dataset)
    if not total:
        draw_no_alerts(shop)
        return
    pages = -(-total // PAGE_SIZE)
    number = st.pagination(pages, key="alerts_page") if pages > 1 else 1
    alerts = cache.alerts(shop, state, dataset, (number - 1) * PAGE_SIZE, PAGE_SIZE)
    selected = draw_choice([alert_row(alert) for alert in alerts], f"alerts {state} {dataset} {alerts[0].id}")
    first = (number - 1) * PAGE_SIZE
    st.caption(tr("Alerts {first} to {last} of {total}", first=first + 1, last=first + len(alerts), total=format_count(total)))
    draw_alert(shop, alerts[selected or 0])


def draw_filters(shop: Shop) -> tuple[str | None, str | None]:
    """Draw the filters, and return state and dataset; None for all. The address may name the dataset."""
    datasets = shop.config.datasets
    if (named := st.query_params.pop("alerts_dataset", None)) in datasets:
        remember("alerts_dataset", named)
    left, right = st.columns(2)
    state = choose(left.selectbox, tr("State"), [None, *STATES], choice_labels(STATES, all_label=tr("All")), "alerts_state")
    dataset = choose(right.selectbox, tr("Dataset"), [None, *datasets], choice_labels(datasets, all_label=tr("All")), "alerts_dataset")
    return state, dataset


def draw_no_alerts(shop: Shop) -> None:
    """Draw why there is nothing: no alert matches, or nobody could be told."""
    if shop.config.sinks:
        advice = tr("Nothing of this kind was told. What began before an address was written into sluice.yaml is not told. This sends a test:")
        draw_empty(tr("No alert"), advice, "sluice alerts test")
    else:
        draw_empty(tr("Nobody is told"), tr("Write an address under `alerts` in sluice.yaml, such as mailto://…; this tests it:"), "sluice alerts test")


draw_page()
