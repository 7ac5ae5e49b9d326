"""Draw the state of the shop's data: a card per dataset with its gate and its scores, and the changes since yesterday."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.charts import score_history
from dashboard.widgets.cost_curve import batch_cost_text
from dashboard.widgets.formatting import format_count, format_score, format_share, format_time, utc_note
from dashboard.widgets.layout import draw_card_title, draw_empty, draw_heading, draw_messages, draw_table, require_shop
from sluice.domain import Incident, Run
from sluice.rules import describe_score, guarded_at, in_window
from sluice.rules.opening import how_to_open
from sluice.store.dashboard_queries import QuarantineFilter, StoredVerdict

YESTERDAY = timedelta(days=1)


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Overview"), tr("{shop}, as of {now} UTC", shop=markdown(shop.config.shop), now=format_time(shop.now)))
    runs = cache.runs(shop)
    if not runs:
        draw_empty(tr("No batch has been read yet"), tr("Put files into the landing folder, then run:"), "sluice run")
        return
    draw_totals(shop, runs)
    datasets = list(shop.config.datasets)
    for start in range(0, len(datasets), 2):
        for column, dataset in zip(st.columns(2), datasets[start : start + 2], strict=False):
            with column, st.container(border=True, height="stretch"):
                draw_dataset(shop, dataset, [run for run in runs if run.dataset == dataset])
    draw_changes(shop, [run for run in runs if is_recent(shop, run)])


def is_recent(shop: Shop, run: Run) -> bool:
    """Return True for a batch since yesterday; one of today has its end before it."""
    settings = shop.config.datasets.get(run.dataset)  # None where the dataset is no longer configured
    return in_window(run.at, shop.now, YESTERDAY, settings.every if settings else None)


def published_batches(runs: Sequence[Run]) -> list[Run]:
    """Return the new batches that were published."""
    return [run for run in runs if run.kind == "ingest" and run.state == "published"]


def draw_totals(shop: Shop, runs: Sequence[Run]) -> None:
    """Draw the totals over all datasets."""
    batches = published_batches(runs)
    held = sum(cache.count(shop, QuarantineFilter(dataset)) for dataset in shop.config.datasets)
    totals = {
        tr("Batches"): len(batches),
        tr("Rows read"): sum(run.rows for run in batches),
        tr("Rows repaired"): sum(run.repaired for run in batches),
        tr("Rows held now"): held,
        tr("Open incidents"): len(cache.incidents(shop)),
    }
    for column, (name, value) in zip(st.columns(len(totals)), totals.items(), strict=True):
        column.metric(name, format_count(value), border=True)


def draw_dataset(shop: Shop, dataset: str, runs: Sequence[Run]) -> None:
    """Draw one dataset: its gate with the reasons, its newest score, its scores over time."""
    decision = shop.gate(dataset)
    batches = published_batches(runs)
    draw_card_title(dataset, decision.state, tr("Gate: {state}", state="{state}"))
    if batches:
        draw_newest_batch(batches)
        st.altair_chart(score_history(batches, shop.config.datasets[dataset].gate.minimum), width="stretch", theme="streamlit")
        if scored := describe_score(batches[-1].published.value, guarded_at(cache.guarded(shop, dataset), batches[-1])):
            st.caption(markdown(render_message(scored)))
        if cost := batch_cost_text(shop, batches[-1]):
            st.caption(cost)
    if decision.reasons:
        draw_messages(decision.reasons)
    if advice := how_to_open(decision, runs):
        st.caption(message_markdown(render_message(advice)))
    if decision.open or not decision.reasons:
        st.caption(ntr("{count} run is open for training.", "{count} runs are open for training.", len(decision.runs)))


def draw_newest_batch(batches: Sequence[Run]) -> None:
    """Draw the newest batch's figures, with the change of the score since the one before."""
    newest = batches[-1]
    score, worst, held = st.columns(3)
    score_help = tr("Score of the newest batch, after cleaning and without the held rows.")
    score.metric(tr("Score"), format_score(newest.published.value), score_change(batches), help=score_help)
    worst.metric(worst_dimension(newest), format_score(newest.published.worst), help=tr("Worst dimension of the score; the gate compares it with its limit."))
    held_help = tr("{held} of {rows} rows of the newest batch", held=format_count(newest.bad), rows=format_count(newest.rows))
    held.metric(tr("Held"), format_share(newest.bad, newest.rows), help=held_help)


def score_change(batches: Sequence[Run]) -> str | None:
    """Return the difference between the newest score and the one before, where it is at least .05."""
    values = [run.published.value for run in batches[-2:]]
    if len(values) < 2 or values[0] is None or values[1] is None or abs(values[1] - values[0]) < 0.05:
        return None
    return f"{values[1] - values[0]:+.1f}"


def worst_dimension(run: Run) -> str:
    """Return the label of the run's worst dimension."""
    dimensions = run.published.dimensions
    return label(min(dimensions, key=dimensions.__getitem__)) if dimensions else tr("Worst dimension")


def draw_changes(shop: Shop, recent: Sequence[Run]) -> None:
    """Draw the changes since yesterday."""
    st.subheader(tr("Since yesterday"), anchor=False)
    batches, rules, incidents, files = st.tabs([tr("New batches"), tr("Newly failing rules"), tr("Open incidents"), tr("Failed files")])
    with batches:
        draw_table([batch_row(run) for run in published_batches(recent)], tr("No batch has arrived since yesterday."))
    with rules:
        draw_table(newly_failing_rules(shop), tr("No rule has started to fail."))
    with incidents:
        draw_table([incident_row(incident) for incident in cache.incidents(shop)], tr("There are no open incidents."))
    with files:
        draw_table([file_row(run) for run in cache.runs(shop) if run.state == "failed"], tr("All files could be read."))
    st.caption(utc_note())


def batch_row(run: Run) -> Mapping[str, object]:
    """Return a batch as a row of a table."""
    return {
        tr("Dataset"): run.dataset,
        tr("Kind"): label(run.kind),
        tr("Batch end"): format_time(run.at),
        tr("Rows"): run.rows,
        tr("Published"): run.good,
        tr("Held"): run.bad,
        tr("Rows repaired"): run.repaired,
        tr("Score"): format_score(run.published.value),
        tr("Gate"): label(run.decision),
    }


def incident_row(incident: Incident) -> Mapping[str, object]:
    """Return an incident as a row of a table."""
    return {
        tr("Dataset"): incident.dataset,
        tr("Rule"): incident.rule,
        tr("Severity"): label(incident.severity),
        tr("Finding"): render_message(incident.message),
        tr("First seen"): format_time(incident.first_seen),
        tr("Last seen"): format_time(incident.last_seen),
        tr("Times"): incident.times,
        tr("State"): label(incident.state),
    }


def file_row(run: Run) -> Mapping[str, object]:
    """Return a failed file as a row of a table."""
    return {
        tr("Dataset"): run.dataset,
        tr("File"): run.uri.rsplit("/", 1)[-1],
        tr("Batch end"): format_time(run.at),
        tr("Reason"): render_message(run.error),
    }


def newly_failing_rules(shop: Shop) -> list[Mapping[str, object]]:
    """Return the rules that fail on the newest batch on arrival, and did not on the one before, as rows of a table."""
    rows: list[Mapping[str, object]] = []
    for dataset in shop.config.datasets:
        batches = published_batches([run for run in cache.runs(shop) if run.dataset == dataset])
        if len(batches) < 2:
            continue
        newest, before = (failing_rules(shop, run) for run in (batches[-1], batches[-2]))
        rows += [rule_row(dataset, verdict) for rule, verdict in newest.items() if rule not in before]
    return rows


def failing_rules(shop: Shop, run: Run) -> Mapping[str, StoredVerdict]:
    """Return the verdicts that failed on arrival, by rule."""
    return {verdict.rule: verdict for verdict in cache.verdicts(shop, run.id) if verdict.phase == "arrival" and verdict.status == "failed"}


def rule_row(dataset: str, verdict: StoredVerdict) -> Mapping[str, object]:
    """Return a failing rule as a row of a table."""
    return {
        tr("Dataset"): dataset,
        tr("Rule"): verdict.rule,
        tr("Severity"): label(verdict.severity),
        tr("Failing rows"): verdict.failed,
        tr("Finding"): render_message(verdict.message),
    }


draw_page()
