"""Draw the incidents: rules that keep failing, what happened on each run, the rows that they hold, and what people did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import choice_labels, label
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.adjusted_rule import draw_adjusted
from dashboard.widgets.alerts import alert_row
from dashboard.widgets.choice import choose
from dashboard.widgets.flagged_rows import draw_flagged_rows
from dashboard.widgets.formatting import format_count, format_time
from dashboard.widgets.incidents import draw_acted, draw_acts, incident_row, open_held, state_code
from dashboard.widgets.layout import draw_card_title, draw_choice, draw_empty, draw_heading, draw_messages, draw_table, require_shop
from dashboard.widgets.rule_links import draw_column_link, history_of
from sluice.domain import Incident
from sluice.rules.habits import describe_habit
from sluice.rules.today import by_need
from sluice.store.activity import ActivityEntry
from sluice.store.dashboard_queries import QuarantineFilter
from sluice.store.detector_queries import FlagFilter
from sluice.store.incidents import Occurrence, subject_of

SCOPES = ("attention", "all")


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Incidents"), tr("Rules that keep failing. An incident is resolved by itself once its rule passes and no row is held for it."))
    draw_acted(shop)
    incidents = filter_incidents(shop)
    if not incidents:
        draw_empty(tr("No incident needs anybody"), tr("Resolved, expected and muted ones are listed under “All”."))
        return
    incident = choose_incident(incidents)
    draw_incident(shop, incident)


def filter_incidents(shop: Shop) -> list[Incident]:
    """Draw the filters, and return the incidents that they leave: those that need somebody first, of them critical ones."""
    left, right = st.columns(2)
    datasets = shop.config.datasets
    dataset = choose(left.selectbox, tr("Dataset"), [None, *datasets], choice_labels(datasets, all_label=tr("All")), "incidents_dataset")
    scopes = {"attention": tr("Those that need somebody"), "all": tr("All")}
    scope = choose(right.selectbox, tr("Incidents"), SCOPES, scopes.__getitem__, "incidents_scope")
    chosen = [incident for incident in by_need(cache.incidents(shop), shop.now) if dataset in (None, incident.dataset)]
    return chosen if scope == "all" else [incident for incident in chosen if incident.needs_attention(shop.now) or is_named(incident)]


def is_named(incident: Incident) -> bool:
    """Return True for the incident that the address names."""
    return st.query_params.get("incident") == str(incident.id)


def choose_incident(incidents: Sequence[Incident]) -> Incident:
    """Draw the table, and return the selected incident: else the one that the address names, else the first."""
    selected = draw_choice([incident_row(incident) for incident in incidents], f"incidents {hash(tuple(incident.id for incident in incidents))}")
    if selected is not None:
        return incidents[selected]
    return next((incident for incident in incidents if is_named(incident)), incidents[0])


def draw_incident(shop: Shop, incident: Incident) -> None:
    """Draw one incident, with what people can do."""
    held = cache.count(shop, QuarantineFilter(incident.dataset, rule=incident.rule))
    with st.container(border=True):
        draw_card_title(tr("Incident {number}: {dataset}", number=incident.id, dataset=incident.dataset), state_code(incident))
        st.text(f"{tr('Rule')} {incident.rule}")
        draw_messages([incident.message])
        if cause := cache.likely_cause(shop, incident.id):
            st.markdown(f"**{tr('Likely cause')}**: {message_markdown(render_message(cause))}")
        draw_facts(incident)
        draw_habit(shop, incident)
        st.page_link("views/rule.py", label=tr("Rule history"), icon=":material/show_chart:", query_params=history_of(incident.dataset, incident.rule))
        draw_column_link(shop, incident.dataset, incident.rule)
        draw_held(shop, incident, held)
        draw_acts(shop, incident, held)
    draw_adjusted(shop, incident)
    st.subheader(tr("What the rule said of each run since the incident began"), anchor=False)
    draw_table([occurrence_row(run) for run in cache.occurrences(shop, incident.id)], tr("No run was judged by this rule."))
    draw_told(shop, incident)
    st.subheader(tr("What people did"), anchor=False)
    draw_table([act_row(entry) for entry in shop.store.activity.about(subject_of(incident))], tr("Nobody has done anything yet."))


def draw_told(shop: Shop, incident: Incident) -> None:
    """Draw who was told of it."""
    alerts = [alert for alert in cache.alerts(shop, None, incident.dataset, 0, None) if incident.id in alert.incidents]
    st.subheader(tr("Who was told"), anchor=False)
    draw_table([alert_row(alert) for alert in alerts], tr("Nobody was told."))
    if alerts:
        query = {"alerts_dataset": incident.dataset}
        st.page_link("views/alerts.py", label=tr("Alerts of {dataset}", dataset=incident.dataset), icon=":material/send:", query_params=query)


def draw_facts(incident: Incident) -> None:
    """Draw since when it lasts, who takes care, and until when it is muted."""
    failed = ntr("failed {count} time", "failed {count} times", incident.times)
    facts = [tr("Since {first}; {failed}", first=format_time(incident.since), failed=failed)]
    facts += [f"{tr('Batch')}: {markdown(incident.batch)}"] if incident.batch else []
    facts += [tr("The rule passes now.")] if incident.passing else []
    facts += [tr("Cause: {cause}", cause=label(incident.cause))] if incident.cause else []
    facts += [tr("Muted until {until} UTC", until=format_time(incident.muted_until))] if incident.muted_until else []
    st.caption(" · ".join(facts))
    if incident.owner:
        st.text(f"{tr('Owner')}: {incident.owner}")


def draw_habit(shop: Shop, incident: Incident) -> None:
    """Say that its rule fails on every batch, and link to the form that tries other limits."""
    habit = describe_habit(cache.rule_history(shop, incident.dataset, incident.rule))
    if habit is None or incident.state == "resolved":
        return
    st.warning(message_markdown(render_message(habit)), icon=":material/repeat:")
    if incident.rule.startswith("expect_"):
        query = {"rules_dataset": incident.dataset, "rule": incident.rule}
        st.page_link("views/rules.py", label=tr("Try other limits"), icon=":material/science:", query_params=query)


def draw_held(shop: Shop, incident: Incident, held: int) -> None:
    """Draw how many rows are held for the rule, and the button that opens them; else the rows that it flags."""
    if not held:
        st.caption(tr("No row is held for it."))
        _draw_flagged(shop, incident)
        return
    newest = next((run.failed for run in cache.occurrences(shop, incident.id) if run.status == "failed" and run.rows), held)
    if newest != held:
        st.caption(
            tr("{held} rows are held for it now, of all batches; {newest} of the newest one failed.", held=format_count(held), newest=format_count(newest))
        )
    if st.button(ntr("Open the {count} held row", "Open the {count} held rows", held), icon=":material/front_hand:", key="incident_rows"):
        open_held(incident.dataset, incident.rule)


def _draw_flagged(shop: Shop, incident: Incident) -> None:
    """Draw the rows that the rule flags, where it does."""
    counts = cache.flag_count(shop, FlagFilter(incident.dataset, incident.rule))
    if counts.flags or counts.outdated:
        failed = [(run.run, run.at) for run in reversed(cache.occurrences(shop, incident.id)) if run.failed]
        runs = pl.DataFrame(failed, schema=["run_id", "at"], orient="row")
        draw_flagged_rows(shop, incident.dataset, incident.rule, runs, newest=True)  # the rows that the incident counts


def occurrence_row(run: Occurrence) -> Mapping[str, object]:
    """Return what the rule said of a run as a row of a table."""
    return {
        tr("Read"): format_time(run.read),
        tr("Batch end"): format_time(run.at),
        tr("Result"): label(run.status),
        tr("Failing rows"): run.failed if run.rows else None,
        tr("Rows"): run.rows or None,
        tr("Observed"): render_message(run.message),
        tr("Run"): run.run,
    }


def act_row(entry: ActivityEntry) -> Mapping[str, object]:
    """Return an entry of the activity log as a row of a table."""
    return {tr("Time"): format_time(entry.at), tr("Who"): entry.who, tr("What"): label(entry.what), tr("Reason"): render_message(entry.reason)}


draw_page()
