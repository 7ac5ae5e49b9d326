"""Draw how often shoppers clicked on what each version of the recommender showed."""

from __future__ import annotations

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markdown
from dashboard.widgets.layout import draw_table
from sluice.errors import SluiceError
from sluice.messages import error_message


def draw_click_rates(shop: Shop) -> None:
    """Draw a row for each version that was shown lately; nothing where no exposures are logged."""
    log = shop.config.recommender and shop.config.recommender.exposures
    if not log:
        return
    st.subheader(tr("What shoppers clicked on"), anchor=False)
    try:
        rates, candidate = cache.click_rates(shop), cache.canary(shop)
    except SluiceError as error:
        st.caption(markdown(render_message(error_message(error))))
        return
    rows = [
        {
            tr("Version"): rate.model,
            tr("Lists"): rate.lists,
            tr("Users"): rate.users,
            tr("Exposures"): rate.exposures,
            tr("Clicks"): rate.clicks,
            tr("Click-through rate"): format_rate(rate.rate),
            tr("95 % interval"): tr("{low} to {high}", low=format_rate(rate.low), high=format_rate(rate.high)),
        }
        for rate in rates
    ]
    draw_table(rows, tr("Nothing has been shown yet whose clicks are published."))
    if rows:
        days, hours = (f"{span.total_seconds() / unit:g}" for span, unit in ((log.report, 86400), (log.window, 3600)))
        st.caption(tr("Of the last {days} days. An exposure counts once its {hours} hours for clicks are over.", days=days, hours=hours))
    if candidate is not None:
        st.markdown(markdown(tr("Version {version} is shown to some users: {reason}.", version=candidate[0], reason=render_message(candidate[1]))))


def format_rate(share: float) -> str:
    """Return a share in percent, with two decimals, since click-through rates are small."""
    return f"{share:.2%}"
