"""How the shop's data is today: a card for each dataset with its gate and its scores, and what changed since yesterday."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import word
from dashboard.i18n.language import said, tr
from dashboard.safety.escape import markdown
from dashboard.widgets import charts, cost_curve, layout
from sluice.domain import Run
from sluice.store.dashboard_queries import QuarantineFilter

YESTERDAY = timedelta(days=1)


def page() -> None:
    """Draw the page."""
    shop = layout.require_shop()
    layout.heading(tr("Overview"), tr("{shop}, as of {now} UTC", shop=markdown(shop.config.shop), now=layout.moment(shop.now)))
    runs = cache.runs(shop)
    if not runs:
        layout.empty(tr("No batch has been read yet"), tr("Put files into the landing folder, then run:"), "sluice run")
        return
    totals(shop, runs)
    datasets = list(shop.config.datasets)
    for start in range(0, len(datasets), 2):
        for column, dataset in zip(st.columns(2), datasets[start : start + 2], strict=False):
            with column, st.container(border=True, height="stretch"):
                card(shop, dataset, [run for run in runs if run.dataset == dataset])
    changes(shop, [run for run in runs if shop.now - YESTERDAY <= run.at <= shop.now])


def totals(shop: Shop, runs: Sequence[Run]) -> None:
    """The counts over everything."""
    batches = [run for run in runs if run.kind == "ingest" and run.state == "published"]
    arrived = sum(run.rows for run in batches)
    held = sum(cache.count(shop, QuarantineFilter(dataset)) for dataset in shop.config.datasets)
    counts = {
        tr("Batches"): layout.number(len(batches)),
        tr("Rows read"): layout.number(arrived),
        tr("Rows repaired"): layout.number(sum(run.repaired for run in batches)),
        tr("Rows held now"): layout.number(held),
        tr("Open incidents"): layout.number(len(cache.incidents(shop))),
    }
    for column, (label, value) in zip(st.columns(len(counts)), counts.items(), strict=True):
        column.metric(label, value, border=True)


def card(shop: Shop, dataset: str, runs: Sequence[Run]) -> None:
    """One dataset: its gate with the reasons, its newest score, its scores over time."""
    decision = shop.gate(dataset)
    batches = [run for run in runs if run.kind == "ingest" and run.state == "published"]
    layout.titled(dataset, decision.state, tr("Gate: {state}", state="{state}"))
    if batches:
        newest(batches)
        st.altair_chart(charts.scores(batches, shop.config.datasets[dataset].gate.minimum), width="stretch", theme="streamlit")
        if cost := cost_curve.cost_of_batch(shop, batches[-1]):
            st.caption(cost)
    if decision.reasons:
        layout.sentences(decision.reasons)
    else:
        count = len(decision.runs)
        st.caption(tr("1 run may be learned from.") if count == 1 else tr("{runs} runs may be learned from.", runs=layout.number(count)))


def newest(batches: Sequence[Run]) -> None:
    """The newest batch's figures, with the change of the score since the one before."""
    last = batches[-1]
    score, worst, held = st.columns(3)
    score.metric(
        tr("Score"), layout.points(last.published.value), change(batches), help=tr("Of the newest batch, after cleaning and without the rows held back.")
    )
    worst.metric(weakest(last), layout.points(last.published.worst), help=tr("The weakest dimension of the score; the gate looks at it."))
    told = tr("{held} of {rows} rows of the newest batch", held=layout.number(last.bad), rows=layout.number(last.rows))
    held.metric(tr("Held back"), layout.share(last.bad, last.rows), help=told)


def change(batches: Sequence[Run]) -> str | None:
    """How the newest score differs from the one before, where that can be seen."""
    values = [run.published.value for run in batches[-2:]]
    if len(values) < 2 or values[0] is None or values[1] is None or abs(values[1] - values[0]) < 0.05:
        return None
    return f"{values[1] - values[0]:+.1f}"


def weakest(run: Run) -> str:
    """The name of the run's weakest dimension."""
    dimensions = run.published.dimensions
    return word(min(dimensions, key=dimensions.__getitem__)) if dimensions else tr("Weakest dimension")


def changes(shop: Shop, recent: Sequence[Run]) -> None:
    """What is new since yesterday."""
    st.subheader(tr("Since yesterday"), anchor=False)
    batches, rules, incidents, aside = st.tabs([tr("New batches"), tr("Newly failing rules"), tr("Open incidents"), tr("Files set aside")])
    with batches:
        layout.table([run_row(run) for run in recent if run.kind == "ingest" and run.state == "published"], tr("No batch came since yesterday."))
    with rules:
        layout.table(newly_failing(shop), tr("No rule fails that held before."))
    with incidents:
        layout.table(
            [
                {
                    tr("Dataset"): each.dataset,
                    tr("Rule"): each.rule,
                    tr("Severity"): word(each.severity),
                    tr("What"): said(each.message),
                    tr("First seen"): layout.moment(each.first_seen),
                    tr("Last seen"): layout.moment(each.last_seen),
                    tr("Times"): each.times,
                    tr("State"): word(each.state),
                }
                for each in cache.incidents(shop)
            ],
            tr("No incident is open."),
        )
    with aside:
        layout.table(
            [
                {tr("Dataset"): run.dataset, tr("File"): run.uri.rsplit("/", 1)[-1], tr("Batch until"): layout.moment(run.at), tr("Why"): said(run.error)}
                for run in cache.runs(shop)
                if run.state == "failed"
            ],
            tr("Every file could be read."),
        )
    st.caption(layout.times_are_utc())


def run_row(run: Run) -> dict[str, object]:
    """A run as a line of a table."""
    return {
        tr("Dataset"): run.dataset,
        tr("Kind"): word(run.kind),
        tr("Batch until"): layout.moment(run.at),
        tr("Rows"): run.rows,
        tr("Published"): run.good,
        tr("Held"): run.bad,
        tr("Rows repaired"): run.repaired,
        tr("Score"): layout.points(run.published.value),
        tr("Gate"): word(run.decision),
    }


def newly_failing(shop: Shop) -> list[dict[str, object]]:
    """The rules that fail on the newest batch as it arrived, and did not on the one before."""
    found: list[dict[str, object]] = []
    for dataset in shop.config.datasets:
        batches = [run for run in cache.runs(shop) if run.dataset == dataset and run.kind == "ingest" and run.state == "published"]
        if len(batches) < 2:
            continue
        now, before = (
            {each.rule: each for each in cache.verdicts(shop, run.id) if each.phase == "arrival" and each.status == "failed"}
            for run in (batches[-1], batches[-2])
        )
        found += [
            {
                tr("Dataset"): dataset,
                tr("Rule"): each.rule,
                tr("Severity"): word(each.severity),
                tr("Failing rows"): each.failed,
                tr("What"): said(each.message),
            }
            for rule, each in now.items()
            if rule not in before
        ]
    return found


page()
