"""Draw the news of a dataset: the sentence, and what a person can do about it from there."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.gate_state import gate_colour, gate_text
from dashboard.widgets.incidents import carry_out, open_held
from dashboard.widgets.open_requests import is_decided
from dashboard.widgets.request_form import submit_request
from dashboard.widgets.rule_links import draw_column_link, history_of
from dashboard.widgets.signature import draw_act, draw_name
from sluice.domain import IncidentAct, News
from sluice.rules import waivable
from sluice.rules.people import INCIDENT_ROLE
from sluice.store.dashboard_queries import QuarantineFilter

MUTED = timedelta(days=7)


def draw_news(shop: Shop, news: News) -> None:
    """Draw the sentence about one dataset, and its actions."""
    with st.container(border=True, gap="small"):
        state = markdown(gate_text(news.gate, news.override))
        badge = f":{gate_colour(news.gate, news.override)}-badge[{tr('Gate: {state}', state=state)}]"
        st.markdown(f"**{markdown(news.dataset)}** {badge} {message_markdown(render_message(news.message))}")
        if news.run or news.incident or news.cleaner:
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                _draw_actions(shop, news)


def _draw_actions(shop: Shop, news: News) -> None:
    held = news.held or cache.held_counts(shop).get(news.dataset)  # also where the sentence is of a file that could not be read
    if held and st.button(tr("Open rows"), icon=":material/front_hand:", key=f"news_rows_{news.dataset}"):
        open_held(news.dataset, news.rule or None)
    if news.run:
        st.page_link("views/runs.py", label=tr("Open run"), icon=":material/history:", query_params={"run": news.run})
    if news.incident:
        st.page_link("views/incidents.py", label=tr("Open incident"), icon=":material/notifications:", query_params={"incident": str(news.incident)})
    if news.cleaner:
        st.page_link("views/repairs.py", label=tr("Open repairs"), icon=":material/build:", query_params={"repairs_dataset": news.dataset})
    if news.rule:
        st.page_link("views/rule.py", label=tr("Rule history"), icon=":material/show_chart:", query_params=history_of(news.dataset, news.rule))
        draw_column_link(shop, news.dataset, news.rule)
    if news.rule and (news.held or news.incident):
        panel = st.popover(tr("Decide"), icon=":material/gavel:", on_change="rerun", key=f"news_decide_{news.dataset}_{news.rule}")
        if panel.open:  # what stands in it is computed where somebody looks
            with panel:
                _draw_decisions(shop, news)


def _draw_decisions(shop: Shop, news: News) -> None:
    """Draw the decisions on the rule that the sentence names, and carry out what is clicked."""
    name = f"news_{news.dataset}"
    st.caption(markdown(news.rule))
    by = draw_name(shop, f"{name}_by")
    reason = next((entry for entry in cache.reasons(shop, QuarantineFilter(news.dataset)) if entry.rule == news.rule), None)
    if is_decided(cache.requests(shop), news.dataset, (), news.rule):
        st.caption(tr("A request about these rows is in progress."))
    elif reason and reason.alone and waivable([reason.rule]):
        text = ntr("Release {count} row of this reason", "Release {count} rows of this reason", reason.alone)
        if draw_act(text, shop, "release", news.dataset, key=f"{name}_release"):
            submit_request(shop, "release", news.dataset, by=by, note="", rule=news.rule, ask=True)
    incident = next((entry for entry in cache.incidents(shop) if entry.id == news.incident), None)
    if incident is None:
        return
    if incident.state == "open" and draw_act(tr("Acknowledge"), shop, INCIDENT_ROLE, news.dataset, key=f"{name}_acknowledge"):
        carry_out(shop, incident, IncidentAct("acknowledge", by))
    if draw_act(tr("Mute for 7 days"), shop, INCIDENT_ROLE, news.dataset, key=f"{name}_mute"):
        carry_out(shop, incident, IncidentAct("mute", by, until=shop.now + MUTED))
    if by and incident.owner != by and draw_act(tr("Assign to me"), shop, INCIDENT_ROLE, news.dataset, key=f"{name}_assign"):
        carry_out(shop, incident, IncidentAct("assign", by, owner=by))
