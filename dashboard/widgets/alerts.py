"""Draw alerts: as rows of tables, and one with its text and the button that sends it again."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.formatting import format_time
from dashboard.widgets.layout import draw_card_title, draw_messages
from dashboard.widgets.signature import acting_person, draw_act, draw_name
from sluice.domain import StoredAlert
from sluice.errors import UsageError
from sluice.messages import error_message
from sluice.rules.people import INCIDENT_ROLE

_RETRIED = "alert_retried"


def alert_row(alert: StoredAlert) -> Mapping[str, object]:
    """Return an alert as a row of a table."""
    return {
        tr("Time"): format_time(alert.at),
        tr("Address"): alert.sink,
        tr("State"): label(alert.state),
        tr("Alert"): render_message(alert.alert.title),
        tr("Sent"): format_time(alert.sent),
        tr("Failed deliveries"): alert.attempts,
        tr("Error"): render_message(alert.error),
    }


def draw_alert(shop: Shop, alert: StoredAlert) -> None:
    """Draw one alert, with what can be done."""
    with st.container(border=True):
        draw_card_title(tr("Alert {number} to {sink}", number=alert.id, sink=alert.sink), alert.state)
        st.markdown(f"**{message_markdown(render_message(alert.alert.title))}**")
        draw_messages(alert.alert.lines)
        st.caption(" · ".join(_facts(alert)))
        if alert.route:
            st.caption(message_markdown(render_message(alert.route)))
        if alert.error and alert.state != "sent":
            st.markdown(f"**{tr('Error')}**: {message_markdown(render_message(alert.error))}")
        _draw_links(alert)
        if alert.wait and alert.due:
            st.caption(message_markdown(render_message(alert.wait)))
        can_be_sent = alert.state in ("failed", "muted") or bool(alert.wait and alert.due)
        if can_be_sent and alert.sink in shop.config.sinks:
            _draw_retry(shop, alert)
        elif can_be_sent:
            st.caption(tr("Its address is configured no longer, so that it cannot be sent."))


def draw_retried() -> None:
    """Draw, once, that an alert is sent again."""
    if st.session_state.pop(_RETRIED, False):
        st.success(tr("It is sent by the scheduler (sluice serve) within seconds, or by the next run."))


def _facts(alert: StoredAlert) -> list[str]:
    facts = [tr("Recorded {at} UTC", at=format_time(alert.at))]
    facts += [tr("sent {at} UTC", at=format_time(alert.sent))] if alert.sent else []
    facts += [ntr("{count} failed delivery", "{count} failed deliveries", alert.attempts)] if alert.attempts else []
    facts += [tr("next try {at} UTC", at=format_time(alert.due))] if alert.due and alert.attempts else []
    facts += [tr("it may have been delivered twice")] if alert.repeated else []
    facts += [tr("every incident of its run was muted or expected")] if alert.state == "muted" else []
    return facts


def _draw_links(alert: StoredAlert) -> None:
    """Draw the links to its run and its incidents."""
    with st.container(horizontal=True):
        if alert.alert.run:
            st.page_link("views/runs.py", label=tr("Run"), icon=":material/history:", query_params={"run": alert.alert.run})
        for number in alert.incidents:
            title = tr("Incident {number}: {dataset}", number=number, dataset=markdown(alert.alert.dataset))
            st.page_link("views/incidents.py", label=title, icon=":material/notifications:", query_params={"incident": str(number)})


def _draw_retry(shop: Shop, alert: StoredAlert) -> None:
    by = draw_name(shop, "signature_by")
    text = tr("Try again") if alert.state == "failed" else tr("Send it all the same")
    if draw_act(text, shop, INCIDENT_ROLE, alert.alert.dataset, key="alert_retry", icon=":material/send:", width="content"):
        person = acting_person(shop)
        try:
            shop.store.outbox.retry(alert.id, by=person.name if person else by, person=person)
        except UsageError as error:
            st.warning(render_message(error_message(error)))
            return
        st.session_state[_RETRIED] = True
        st.rerun()
