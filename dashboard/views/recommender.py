"""Draw the recommender: the champion and its card, challengers, the cost curve, and the forms for requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import polars as pl
import streamlit as st

from dashboard.data import cache, model_card
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markdown
from dashboard.widgets.augmentation import draw_augmentation
from dashboard.widgets.choice import choose
from dashboard.widgets.click_rates import draw_click_rates
from dashboard.widgets.comparison import check_name, draw_comparison, failure_reasons
from dashboard.widgets.cost_curve import draw_cost_curve, newest_measurement
from dashboard.widgets.explanations import draw_explanations
from dashboard.widgets.formatting import NOTHING, format_metric, format_score, format_time
from dashboard.widgets.layout import draw_card_title, draw_empty, draw_heading, draw_sentences, draw_table, require_shop
from dashboard.widgets.model_form import draw_model_form
from dashboard.widgets.model_versions import draw_rollback, draw_versions
from dashboard.widgets.request_form import draw_confirmation, draw_requests, draw_signature, submit_request
from dashboard.widgets.side_columns import draw_side_columns
from dashboard.widgets.signature import draw_act
from dashboard.widgets.table_width import ROOM
from dashboard.widgets.tuning import draw_tuning
from dashboard.widgets.undo import draw_undo
from sluice.config import Recommender
from sluice.domain import Message, Model

MODEL_NAME = "recommender"


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Recommender"), tr("The champion, its training data, and its comparison with other models."))
    draw_confirmation()
    if shop.config.recommender is None:
        advice = tr("Add a section named recommender to sluice.yaml: which dataset holds the events, and which the items.")
        draw_empty(tr("No recommender is configured"), advice)
        return
    versions = [model for model in cache.models(shop) if model.name == MODEL_NAME]
    if versions:
        draw_champion(shop, next((version for version in versions if version.state == "champion"), None))
        draw_challenger(versions[0])
        draw_versions(tr("Challengers and history"), versions, version_row)
    else:
        draw_empty(tr("No model has been trained yet"), tr("Where the gates are open, this trains one:"), "sluice retrain")
    draw_click_rates(shop)
    draw_request_form(shop, shop.config.recommender, versions)
    if versions or newest_measurement(shop):
        draw_cost_curve(shop)
        draw_tuning(shop)


def draw_champion(shop: Shop, model: Model | None) -> None:
    """Draw the champion and its card."""
    if model is None:
        draw_empty(tr("There is no champion"), tr("All versions were rejected or rolled back; see the history below."))
        return
    with st.container(border=True):
        draw_card_title(tr("Version {version}, trained {at}", version=model.version, at=format_time(model.at)), model.state)
        metrics = model_card.overall_metrics(model.card, "serving")
        for column, (metric, value) in zip(st.columns(max(4, len(metrics))), metrics.items(), strict=False):
            column.metric(metric_title(metric), format_metric(value))
        st.markdown(f"**{tr('Compared with the champion at that time')}**")
        draw_comparison(model.card)
        left, right = st.columns(2)
        with left:
            st.markdown(f"**{tr('Candidates on the same hold-out')}**")
            draw_candidates(model)
            draw_segments(model)
        with right:
            st.markdown(f"**{tr('Training batches')}**")
            draw_training_runs(shop, model)
        draw_model_form(model.card)
        draw_side_columns(model.card)
        draw_augmentation(model.card)
        draw_explanations(model.card)
        with st.expander(tr("Complete model card")):
            st.json(dict(model.card), expanded=1)


def draw_challenger(newest: Model) -> None:
    """Draw the newest version where it did not become the champion, and why."""
    if newest.state not in ("rejected", "evaluating"):
        return
    with st.container(border=True):
        draw_card_title(tr("Version {version}, trained {at}", version=newest.version, at=format_time(newest.at)), newest.state)
        draw_sentences(failure_reasons(newest.card))
        draw_comparison(newest.card)


def metric_title(metric: str) -> str:
    """Return a metric's name in its usual spelling; only letters, digits, at and dash of it, since a label is Markdown."""
    cleaned = "".join(letter for letter in metric if letter.isalnum() or letter in "@- ")
    return cleaned.upper() if cleaned.lower().startswith("ndcg") else cleaned.capitalize()


def draw_candidates(model: Model) -> None:
    """Draw the metrics of all candidates."""
    rows = [{tr("Candidate"): name, **metrics} for name, metrics in model_card.candidates(model.card).items()]
    if not rows:
        st.caption(tr("The card holds no comparison."))
        return
    digits = {name: st.column_config.NumberColumn(format="%.4f") for name in list(rows[0])[1:]}
    st.dataframe(pl.DataFrame(rows, infer_schema_length=None), hide_index=True, width="stretch", placeholder=NOTHING, column_config=digits)


def draw_segments(model: Model) -> None:
    """Draw the champion's metrics for segments of users and for popularity bands of items."""
    segments = model_card.segment_metrics(model.card, "serving")
    metrics = dict.fromkeys(metric for values in segments.values() for metric in values)
    draw_table(
        [
            {tr("Segment"): check_name(segment), **{metric_title(metric): format_metric(values.get(metric)) for metric in metrics}}
            for segment, values in segments.items()
        ],
        room=ROOM // 2,
    )


def draw_training_runs(shop: Shop, model: Model) -> None:
    """Draw the batches that the model was trained on, with their scores."""
    runs = {run.id: run for run in cache.runs(shop)}
    rows = []
    for run_id, score in model_card.training_runs(model.card):
        run = runs.get(run_id)
        rows.append(
            {
                tr("Dataset"): run.dataset if run else "",
                tr("Batch end"): format_time(run.at if run else None),
                tr("Score"): format_score(score),
                tr("Delta version"): run.versions.get("clean") if run else None,
                tr("Rules"): run.fingerprint if run else "",
                tr("Run"): run_id,
            }
        )
    draw_table(rows, tr("The card names no batches."), room=ROOM // 2)
    if rules := model_card.texts(model.card.get("rules")):
        fingerprints = ", ".join(f"{markdown(name)} {markdown(value)}" for name, value in rules.items())
        st.caption(tr("Fingerprints of the rules at training time: {fingerprints}.", fingerprints=fingerprints))


def version_row(model: Model) -> Mapping[str, object]:
    """Return a version as a row of the table."""
    metrics = {metric_title(name): round(value, 4) for name, value in model_card.overall_metrics(model.card, "serving").items()}
    return {
        tr("Model"): f"{model.name} {model.version}",
        tr("State"): label(model.state),
        tr("Trained"): format_time(model.at),
        **metrics,
        tr("Rows"): model_card.scalar_fields(model.card).get("rows", NOTHING),
        tr("Reason"): render_message(Message.from_json(model.card.get("reason", model.card.get("why")))),
    }


def draw_request_form(shop: Shop, settings: Recommender, versions: Sequence[Model]) -> None:
    """Draw the form to request a retrain, a rollback or an override of a gate, and earlier requests."""
    st.subheader(tr("Retrain"), anchor=False)
    with st.container(border=True):
        st.caption(tr("Retraining asks the gate first. A challenger becomes the champion only if no group of users is served worse on the hold-out."))
        by, note = draw_signature(shop, opens_gate=True)
        left, middle, right = st.columns(3)
        with left:
            if draw_act(tr("Request a retrain"), shop, "retrain", settings.events, key="retrain", primary=True):
                submit_request(shop, "retrain", settings.events, by=by, note=note)
        if versions:
            with middle:
                draw_rollback(shop, versions, settings.events, by=by, note=note)
        with right:
            draw_override(shop, (settings.events, settings.items), by=by, note=note)
    draw_requests(shop, ("retrain", "rollback", "override", "undo_rollback", "undo_override"))
    draw_undo(shop, ("rollback", "override"))


def draw_override(shop: Shop, datasets: Sequence[str], *, by: str, note: str) -> None:
    """Draw the form that opens a gate for a while; it is disabled where both are open."""
    closed = [dataset for dataset in datasets if not shop.gate(dataset).open]
    durations = {2: tr("2 hours"), 24: tr("1 day"), 72: tr("3 days")}
    with st.popover(tr("Override a gate"), disabled=not closed, help=None if closed else tr("Both gates are open."), width="stretch"):
        dataset = st.selectbox(tr("Dataset"), closed, key="override_dataset")
        hours = choose(st.selectbox, tr("Duration"), list(durations), durations.__getitem__, "override_hours")
        if dataset and draw_act(tr("Open the gate"), shop, "override", dataset, key="override", width="content"):
            submit_request(shop, "override", dataset, by=by, note=note, until=shop.now + timedelta(hours=hours))


draw_page()
