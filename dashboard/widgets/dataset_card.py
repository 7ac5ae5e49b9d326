"""Draw one dataset: its gate with the reasons, its newest score, its scores over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.batch_names import file_of
from dashboard.widgets.charts import score_history
from dashboard.widgets.cost_curve import batch_cost_text
from dashboard.widgets.formatting import format_count, format_score, format_share
from dashboard.widgets.gate_state import gate_colour, gate_text
from dashboard.widgets.layout import draw_card_title, draw_messages
from sluice.domain import Run
from sluice.rules import describe_score, guarded_at
from sluice.rules.opening import how_to_open

DAYS = timedelta(days=30)


def published_batches(runs: Sequence[Run]) -> list[Run]:
    """Return the new batches that were published."""
    return [run for run in runs if run.kind == "ingest" and run.state == "published"]


def draw_dataset(shop: Shop, dataset: str, runs: Sequence[Run]) -> None:
    """Draw one dataset: its gate with the reasons, its newest score, its scores over time."""
    decision = shop.gate(dataset)
    batches = published_batches(runs)
    state = gate_text(decision.state, decision.override)
    draw_card_title(dataset, decision.state, tr("Gate: {state}", state=state), colour=gate_colour(decision.state, decision.override))
    if batches:
        draw_newest_batch(batches)
        st.altair_chart(score_history(batches, shop.config.datasets[dataset].gate.minimum), width="stretch", theme="streamlit")
        if scored := describe_score(batches[-1].published.value, guarded_at(cache.guarded(shop, dataset), batches[-1])):
            st.caption(markdown(render_message(scored)))
        if cost := batch_cost_text(shop, batches[-1]):
            st.caption(cost)
        if (lowest := lowest_batch([run for run in batches if run.at > shop.now - DAYS])) is not None:
            draw_lowest(lowest)
    if decision.reasons:
        draw_messages(decision.reasons)
    if advice := how_to_open(decision, runs, () if decision.open else shop.store.quarantine.holding_runs(dataset)):
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


def lowest_batch(batches: Sequence[Run]) -> Run | None:
    """Return the batch whose score was lowest, where the score dropped: it is lower than that of another batch by .05 at least."""
    scored = [(run.published.value, position) for position, run in enumerate(batches) if run.published.value is not None]
    low, high = min(scored, default=(0.0, 0)), max(scored, default=(0.0, 0))
    return batches[low[1]] if high[0] - low[0] >= 0.05 else None


def draw_lowest(run: Run) -> None:
    """Draw a link to the batch whose score was lowest, and why it was."""
    facts = {"score": format_score(run.published.value), "batch": markdown(file_of(run)), "dimension": worst_dimension(run)}
    text = tr("Lowest score of 30 days: {score}, batch {batch}; worst dimension: {dimension}", **facts)
    st.page_link("views/runs.py", label=text, icon=":material/trending_down:", query_params={"run": run.id})
    if run.reasons:
        st.caption(message_markdown("; ".join(map(render_message, run.reasons))))


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
