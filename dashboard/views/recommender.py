"""The recommender: which model serves and what is known of it, who challenged it, and asking for a retrain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl
import streamlit as st

from dashboard.data import cache, model_card
from dashboard.data.shop import Shop
from dashboard.i18n.labels import word
from dashboard.i18n.language import said, tr
from dashboard.safety.escape import markdown
from dashboard.widgets import comparison, cost_curve, layout, request_form
from dashboard.widgets.explanations import explained
from dashboard.widgets.model_versions import history, roll_back
from sluice.config import Recommender
from sluice.domain import Model

LINE = "recommender"


def page() -> None:
    """Draw the page."""
    shop = layout.require_shop()
    layout.heading(tr("Recommender"), tr("The model that serves, what it learned from, and what it was compared with."))
    request_form.filed()
    if shop.config.recommender is None:
        layout.empty(tr("No recommender is configured"), tr("Add a part named recommender to sluice.yaml: which dataset holds the events, which the items."))
        return
    versions = [each for each in cache.models(shop) if each.name == LINE]
    if versions:
        serving(shop, next((each for each in versions if each.state == "champion"), None))
        challenger(versions[0])
        history(tr("Challengers and history"), versions, line)
    else:
        layout.empty(tr("No model has been trained yet"), tr("Where the gates are open, this trains one:"), "sluice retrain")
    ask(shop, shop.config.recommender, versions)
    if versions or cost_curve.calibration(shop):
        cost_curve.draw(shop)


def serving(shop: Shop, model: Model | None) -> None:
    """The serving model and its card."""
    if model is None:
        layout.empty(tr("No model serves"), tr("Every version was rejected or rolled back; see the history below."))
        return
    with st.container(border=True):
        layout.titled(tr("Version {version}, trained {at}", version=model.version, at=layout.moment(model.at)), model.state)
        metrics = model_card.whole(model.card, "serving")
        for column, (metric, value) in zip(st.columns(max(4, len(metrics))), metrics.items(), strict=False):
            column.metric(title(metric), f"{value:.4f}")
        st.markdown(f"**{tr('Compared with the champion of its time')}**")
        comparison.compared(model.card)
        left, right = st.columns(2)
        with left:
            st.markdown(f"**{tr('Compared on the same held-back events')}**")
            compared(model)
            by_part(model)
        with right:
            st.markdown(f"**{tr('Learned from these batches')}**")
            learned_from(shop, model)
        explained(model.card)
        with st.expander(tr("The card in full")):
            st.json(dict(model.card), expanded=1)


def challenger(newest: Model) -> None:
    """The newest version, where it did not come to serve, and why."""
    if newest.state not in ("rejected", "evaluating"):
        return
    with st.container(border=True):
        layout.titled(tr("Version {version}, trained {at}", version=newest.version, at=layout.moment(newest.at)), newest.state)
        layout.sentences(comparison.failed(newest.card))
        comparison.compared(newest.card)


def title(metric: str) -> str:
    """A metric's name as people write it; only letters, digits, at and dash of it, since a label is Markdown."""
    kept = "".join(letter for letter in metric if letter.isalnum() or letter in "@- ")
    return kept.upper() if kept.lower().startswith("ndcg") else kept.capitalize()


def compared(model: Model) -> None:
    """The metrics of everything that was compared."""
    rows = [{tr("Candidate"): name, **metrics} for name, metrics in model_card.candidates(model.card).items()]
    if rows:
        st.dataframe(
            pl.DataFrame(rows, infer_schema_length=None),
            hide_index=True,
            width="stretch",
            column_config={name: st.column_config.NumberColumn(format="%.4f") for name in list(rows[0])[1:]},
        )
    else:
        st.caption(tr("The card holds no comparison."))


def by_part(model: Model) -> None:
    """How the serving model does for parts of the users, and for bands of popularity down to the long tail."""
    found = model_card.parts(model.card, "serving")
    metrics = dict.fromkeys(metric for each in found.values() for metric in each)
    layout.table([{tr("Part"): comparison.named(part), **{title(metric): _digits(each.get(metric)) for metric in metrics}} for part, each in found.items()], "")


def _digits(value: float | None) -> str:
    return layout.NOTHING if value is None else f"{value:.4f}"


def learned_from(shop: Shop, model: Model) -> None:
    """The batches that the model learned from, with their scores."""
    runs = {run.id: run for run in cache.runs(shop)}
    rows = []
    for run_id, score in model_card.learned_from(model.card):
        run = runs.get(run_id)
        rows.append(
            {
                tr("Dataset"): run.dataset if run else "",
                tr("Batch until"): layout.moment(run.at if run else None),
                tr("Score"): layout.points(score),
                tr("Delta version"): run.versions.get("clean") if run else None,
                tr("Rules"): run.fingerprint if run else "",
                tr("Run"): run_id,
            }
        )
    layout.table(rows, tr("The card names no batches."))
    if rules := model.card.get("rules"):
        st.caption(
            tr(
                "Configured when it was trained: {fingerprints}.",
                fingerprints=", ".join(f"{markdown(name)} {markdown(value)}" for name, value in model_card.texts(rules).items()),
            )
        )


def line(model: Model) -> dict[str, object]:
    """A version as a line of the table."""
    metrics = {title(name): round(value, 4) for name, value in model_card.whole(model.card, "serving").items()}
    return {
        tr("Model"): f"{model.name} {model.version}",
        tr("State"): word(model.state),
        tr("Trained"): layout.moment(model.at),
        **metrics,
        tr("Rows"): model_card.facts(model.card).get("rows", layout.NOTHING),
        tr("Why"): said(model_card.facts(model.card).get("reason", model_card.facts(model.card).get("why", ""))),
    }


def ask(shop: Shop, settings: Recommender, versions: Sequence[Model]) -> None:
    """Ask for a retrain, a roll-back, or a gate to be opened for a while; and see what became of earlier ones."""
    st.subheader(tr("Retrain"), anchor=False)
    with st.container(border=True):
        st.caption(tr("A retrain asks the gate first. The new model serves only where the held-out users show that nobody is served worse."))
        by, note = request_form.signature()
        left, middle, right = st.columns(3)
        with left:
            if st.button(tr("Ask for a retrain"), type="primary", width="stretch"):
                request_form.file(shop, "retrain", settings.events, by=by, note=note)
        if versions:
            with middle:
                roll_back(shop, versions, settings.events, by=by, note=note)
        with right:
            override(shop, (settings.events, settings.items), by=by, note=note)
    request_form.requests(shop, ("retrain", "rollback", "override"))


def override(shop: Shop, datasets: Sequence[str], *, by: str, note: str) -> None:
    """Open a gate for a while, whatever the scores say; a gate that is open already needs none."""
    shut = [name for name in datasets if not shop.gate(name).open]
    spans = {2: tr("2 hours"), 24: tr("1 day"), 72: tr("3 days")}
    with st.popover(tr("Open a gate for a while"), disabled=not shut, help=None if shut else tr("Both gates are open."), width="stretch"):
        dataset = st.selectbox(tr("Dataset"), shut, key="override_dataset")
        hours = st.selectbox(tr("For how long"), list(spans), format_func=spans.__getitem__, key="override_hours")
        if st.button(tr("Open it"), key="override") and dataset and hours:
            request_form.file(shop, "override", dataset, by=by, note=note, until=shop.now + timedelta(hours=hours))


page()
