"""The recommender: which model serves and what is known of it, who challenged it, and asking for a retrain."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import asking, cached, cards, look
from dashboard.language import tr
from dashboard.shop import Shop, opened
from dashboard.versions import history
from dashboard.words import word
from sluice.domain import Model

LINE = "recommender"


def page() -> None:
    """Draw the page."""
    shop = opened()
    look.heading(tr("Recommender"), tr("The model that serves, what it learned from, and what it was compared with."))
    asking.filed()
    if shop.config.recommender is None:
        look.empty(tr("No recommender is configured"), tr("Add a part named recommender to sluice.yaml: which dataset holds the events, which the items."))
        return
    versions = [each for each in cached.models(shop) if each.name == LINE]
    if versions:
        serving(shop, next((each for each in versions if each.state == "champion"), None))
        history(tr("Challengers and history"), versions, line)
    else:
        look.empty(tr("No model has been trained yet"), tr("Where the gates are open, this trains one:"), "sluice retrain")
    retrain(shop, shop.config.recommender.events)


def serving(shop: Shop, model: Model | None) -> None:
    """The serving model and its card."""
    if model is None:
        look.empty(tr("No model serves"), tr("Every version was rejected or rolled back; see the history below."))
        return
    with st.container(border=True):
        look.titled(tr("Version {version}, trained {at}", version=model.version, at=look.moment(model.at)), model.state)
        metrics = cards.figures(model.card, "serving")
        for column, (metric, value) in zip(st.columns(max(4, len(metrics))), metrics.items(), strict=False):
            column.metric(title(metric), f"{value:.4f}")
        left, right = st.columns(2)
        with left:
            st.markdown(f"**{tr('Compared on the same held-back events')}**")
            compared(model)
        with right:
            st.markdown(f"**{tr('Learned from these batches')}**")
            learned_from(shop, model)
        with st.expander(tr("The card in full")):
            st.json(dict(model.card), expanded=1)


def title(metric: str) -> str:
    """A metric's name as people write it; only letters, digits, at and dash of it, since a label is Markdown."""
    kept = "".join(letter for letter in metric if letter.isalnum() or letter in "@- ")
    return kept.upper() if kept.lower().startswith("ndcg") else kept.capitalize()


def compared(model: Model) -> None:
    """The metrics of everything that was compared."""
    rows = [{tr("Candidate"): name, **metrics} for name, metrics in cards.candidates(model.card).items()]
    if rows:
        st.dataframe(
            pl.DataFrame(rows, infer_schema_length=None),
            hide_index=True,
            width="stretch",
            column_config={name: st.column_config.NumberColumn(format="%.4f") for name in list(rows[0])[1:]},
        )
    else:
        st.caption(tr("The card holds no comparison."))


def learned_from(shop: Shop, model: Model) -> None:
    """The batches that the model learned from, with their scores."""
    runs = {run.id: run for run in cached.runs(shop)}
    rows = []
    for run_id, score in cards.learned_from(model.card):
        run = runs.get(run_id)
        rows.append(
            {
                tr("Dataset"): run.dataset if run else "",
                tr("Batch until"): look.moment(run.at if run else None),
                tr("Score"): look.points(score),
                tr("Run"): run_id,
            }
        )
    look.table(rows, tr("The card names no batches."))


def line(model: Model) -> dict[str, object]:
    """A version as a line of the table."""
    metrics = {title(name): round(value, 4) for name, value in cards.figures(model.card, "serving").items()}
    return {
        tr("Model"): f"{model.name} {model.version}",
        tr("State"): word(model.state),
        tr("Trained"): look.moment(model.at),
        **metrics,
        tr("Rows"): cards.facts(model.card).get("rows", look.NOTHING),
    }


def retrain(shop: Shop, events: str) -> None:
    """Ask for a retrain, and see what became of earlier ones."""
    st.subheader(tr("Retrain"), anchor=False)
    with st.container(border=True):
        st.caption(tr("A retrain asks the gate first. The new model serves only if it is not worse than the one that serves."))
        by, note = asking.signature()
        if st.button(tr("Ask for a retrain"), type="primary"):
            asking.file(shop, "retrain", events, by=by, note=note)
    asking.requests(shop, ("retrain",))


page()
