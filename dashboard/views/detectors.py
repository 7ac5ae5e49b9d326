"""Draw the detectors: guaranteed and measured false positive rates, diagnostics of the model, flagged rows, versions."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from dashboard.data import cache, diagnostics, model_card
from dashboard.data.model_card import Card
from dashboard.data.shop import Shop
from dashboard.data.viewer import schema_for_viewer
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markdown
from dashboard.widgets import detector_charts
from dashboard.widgets.contributions import contributions_html
from dashboard.widgets.flagged_rows import draw_flagged_rows
from dashboard.widgets.formatting import NOTHING, format_count, format_rate, format_share, format_time
from dashboard.widgets.layout import draw_card_title, draw_empty, draw_heading, draw_table, require_shop
from dashboard.widgets.model_versions import draw_rollback, draw_versions
from dashboard.widgets.request_form import draw_confirmation, draw_requests, draw_signature, submit_request
from dashboard.widgets.signature import draw_act
from dashboard.widgets.undo import draw_undo
from sluice.domain import Message, Model
from sluice.store import detector_queries


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Detectors"), tr("False positive rates, anomaly scores and flagged rows of each detector."))
    draw_confirmation()
    rules = [(dataset, rule) for dataset in shop.config.datasets for rule in cache.detected(shop, dataset)["rule"].unique(maintain_order=True)]
    if not rules:
        draw_empty(tr("No detector has run yet"), tr("Add one under `detect` in sluice.yaml, then run:"), "sluice run")
        return
    rules.sort(key=lambda rule: _diagnosed(versions_of(shop, *rule)))
    names = [f"{dataset}.{rule}" for dataset, rule in rules]
    chosen = st.selectbox(tr("Detector"), names, key="detector", bind="query-params")
    dataset, rule = rules[names.index(chosen)]
    draw_detector(shop, dataset, rule)


def draw_detector(shop: Shop, dataset: str, rule: str) -> None:
    """Draw one detector, or one pattern of a traffic detector."""
    versions = versions_of(shop, dataset, rule)
    champion = next((version for version in versions if version.state == "champion"), None)
    runs = cache.detected(shop, dataset).filter(pl.col("rule") == rule)
    draw_facts(rule, runs, champion)
    if champion is None or not diagnostics.has_diagnostics(champion.card):
        draw_chart_title(tr("Flagged, by batch"), _limit_text(None))
        st.altair_chart(detector_charts.flag_rates(runs, None), width="stretch")
    else:
        draw_diagnostics(runs, champion.card)
        draw_explained_row(shop, dataset, champion)
    draw_shifts(runs)
    if runs["rows"].sum():
        draw_flagged_rows(shop, dataset, rule, runs)
    if versions:
        draw_versions(tr("Versions"), versions, version_row)
        draw_requests_form(shop, dataset, versions)


def _diagnosed(versions: Sequence[Model]) -> int:
    """Return the place of a detector among others: first those whose champion has diagnostics, then other trained ones."""
    champion = next((version for version in versions if version.state == "champion"), None)
    return 0 if champion and diagnostics.has_diagnostics(champion.card) else 1 if versions else 2


def versions_of(shop: Shop, dataset: str, rule: str) -> Sequence[Model]:
    """Return the versions of a detector's model, newest first; all patterns of one detector share it."""
    return [model for model in cache.models(shop) if model.name == f"{dataset}.{rule.partition(':')[0]}"]


def draw_facts(rule: str, runs: pl.DataFrame, champion: Model | None) -> None:
    """Draw the guaranteed and the measured rates, and whether the newest rows have shifted."""
    judged = runs.filter(pl.col("rows") > 0)
    rows, failed = judged.select("rows", "failed").row(-1) if judged.height else (0, 0)
    card: Card = champion.card if champion else {}
    with st.container(border=True):
        title = rule if champion is None else tr("{name}, version {version}", name=rule, version=champion.version)
        draw_card_title(title, champion.state if champion else "unknown")
        facts = {
            detector_charts.guarantee_label(model_card.guarantee(card)): format_rate(model_card.max_fpr(card)),
            tr("Measured on calibration rows"): format_rate(model_card.numbers(card, "metrics").get("false_positive_rate")),
            tr("Flagged in the newest batch"): format_share(failed, rows),
            tr("Training rows"): model_card.scalar_fields(card).get("rows", NOTHING),
        }
        for column, (name, value) in zip(st.columns(len(facts)), facts.items(), strict=True):
            column.metric(name, value)
        st.caption(shift_text(card) if champion else tr("This detector is not trained: its limits are in sluice.yaml, or it waits for history."))


def shift_text(card: Card) -> str:
    """Return whether the newest rows have shifted, as a sentence."""
    if refit := card.get("refit"):
        return tr("A full refit is due: {reason}", reason=markdown(render_message(Message.from_json(refit))))
    if not diagnostics.has_diagnostics(card):
        return tr("It is updated with every accepted batch.")
    shift = model_card.numbers(card, "metrics").get("shift")
    if not shift:
        return tr("The newest rows are distributed like those before.")
    return tr("The newest rows have shifted by {shift} (0: not at all; 1: completely).", shift=f"{shift:.2f}")


def draw_diagnostics(runs: pl.DataFrame, card: Card) -> None:
    """Draw four charts: flag rates over the runs, calibration, column contributions, rows as points."""
    max_fpr = model_card.max_fpr(card)
    above, below = st.columns(2), st.columns(2)
    with above[0]:
        draw_chart_title(tr("Flagged, by batch"), _limit_text(max_fpr))
        st.altair_chart(detector_charts.flag_rates(runs, max_fpr), width="stretch")
    with above[1]:
        draw_chart_title(tr("Calibration"), tr("On the dashed line the flagged share of normal rows equals the nominal rate."))
        st.altair_chart(detector_charts.calibration_chart(diagnostics.calibration(card), max_fpr), width="stretch")
    with below[0]:
        draw_chart_title(tr("Contributions by column"), tr("Mean contribution of each column to the anomaly scores of the newest batch."))
        st.altair_chart(detector_charts.contribution_bars(diagnostics.column_contributions(card)), width="stretch")
    with below[1]:
        draw_chart_title(tr("Rows in the model's space"), tr("Each point is a row of the newest batch; similar rows are close."))
        st.altair_chart(detector_charts.point_cloud(diagnostics.points(card), max_fpr or 0.01), width="stretch")


def _limit_text(max_fpr: float | None) -> str:
    """Say what the red line of the chart is, and what a batch above it means."""
    if max_fpr is None:
        return tr("Share of the rows of each batch that are flagged.")
    return tr(
        "The dashed red line is the limit: of right rows the detector flags {rate} at most, on average. A batch above it has more unusual rows than that.",
        rate=format_rate(max_fpr),
    )


def draw_chart_title(title: str, caption: str) -> None:
    """Draw the title of a chart."""
    st.markdown(f"**{title}**")
    st.caption(caption)


def draw_shifts(runs: pl.DataFrame) -> None:
    """Draw, for a detector of whole batches, which columns have shifted, and since when."""
    if runs["rows"].sum() or runs.filter(pl.col("status").is_in(["passed", "failed"])).is_empty():
        return
    st.subheader(tr("Shifted columns"), anchor=False)
    rows = [
        {
            tr("Column"): shift.column,
            tr("Shift"): render_message(shift.observed),
            tr("Since"): format_time(shift.since),
            tr("Consecutive batches"): shift.batches,
        }
        for shift in detector_queries.drifted_columns(runs)
    ]
    draw_table(rows, tr("None: the newest batch is like those before."))


def draw_explained_row(shop: Shop, dataset: str, champion: Model) -> None:
    """Draw one of the most anomalous rows, cell by cell."""
    st.subheader(tr("One row, explained"), anchor=False)
    rows = {row.row: row for row in diagnostics.most_anomalous(champion.card)}
    if not rows:
        st.caption(tr("There are no rows yet: the next batch brings some."))
        return
    labels = {row_id: f"{row_id} · p = {row.p_value:.2g} · {', '.join(row.blamed[:2])}" for row_id, row in rows.items()}
    chosen = st.selectbox(tr("Most anomalous rows of the newest batch"), list(rows), format_func=labels.__getitem__, key=f"row of {champion.name}")
    st.html(contributions_html(rows[chosen], cache.published_row(shop, dataset, chosen), schema_for_viewer(shop, dataset)))
    st.caption(tr("One cell in ten contributes 1 or more, one in a hundred 2 or more. This explains any other row:"))
    st.code(f"sluice explain {chosen} --config {shlex.quote(str(shop.path))}", language="bash")


def draw_requests_form(shop: Shop, dataset: str, versions: Sequence[Model]) -> None:
    """Draw the form to request a rollback or a full refit, and earlier requests."""
    name = versions[0].name
    with st.container(border=True):
        st.markdown(f"**{tr('Roll back or refit')}**")
        by, note = draw_signature(shop)
        back, refit, hint = st.columns([1, 1, 3], vertical_alignment="center")
        hint.caption(tr("After a rollback the detector is updated again only when a full refit is due or requested. A full refit reads the accepted history."))
        with back:
            draw_rollback(shop, versions, dataset, by=by, note=note)
        if draw_act(tr("Refit"), shop, "refit", dataset, key=f"fit {name}", place=refit):
            submit_request(shop, "refit", dataset, by=by, note=note, model=name)
    draw_requests(shop, ("rollback", "refit", "undo_rollback"), model=name)
    draw_undo(shop, ("rollback",), model=name)


def version_row(model: Model) -> Mapping[str, object]:
    """Return a version as a row of the table."""
    metrics = model_card.numbers(model.card, "metrics")
    return {
        tr("Version"): model.version,
        tr("State"): label(model.state),
        tr("Trained"): format_time(model.at),
        tr("Full fit"): tr("yes") if model_card.is_full_fit(model.card) else "",
        tr("Calibration rows"): format_count(metrics.get("calibration_rows")),
        tr("Measured on calibration rows"): format_rate(metrics.get("false_positive_rate")),
    }


draw_page()
