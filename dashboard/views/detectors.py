"""The detectors: what each promised and kept, which columns are loud, how it sees rows, and one row cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard.data import cache, diagnostics, model_card
from dashboard.data.shop import Shop
from dashboard.i18n.labels import word
from dashboard.i18n.language import said, tr
from dashboard.safety.escape import markdown
from dashboard.widgets import contributions, detector_charts, flagged_rows, layout, request_form
from dashboard.widgets.model_versions import history, roll_back
from sluice.domain import Model
from sluice.store import detector_queries


def page() -> None:
    """Draw the page."""
    shop = layout.require_shop()
    layout.heading(tr("Detectors"), tr("What each detector promised about false alarms, what it kept, and what it finds unusual."))
    request_form.filed()
    found = [(dataset, rule) for dataset in shop.config.datasets for rule in cache.detected(shop, dataset)["rule"].unique(maintain_order=True)]
    if not found:
        layout.empty(tr("No detector has judged yet"), tr("Name one under detect in sluice.yaml, then run the main job:"), "sluice run")
        return
    found.sort(key=lambda each: not versions_of(shop, *each))  # those that learn first: they have more to tell
    names = [f"{dataset}.{rule}" for dataset, rule in found]
    chosen = st.selectbox(tr("Detector"), names, key="detector", bind="query-params")
    dataset, rule = found[names.index(chosen)]
    versions = versions_of(shop, dataset, rule)
    serving = next((each for each in versions if each.state == "champion"), None)
    runs = cache.detected(shop, dataset).filter(pl.col("rule") == rule)
    facts(rule, runs, serving)
    if serving is None or not diagnostics.known(serving.card):
        st.altair_chart(detector_charts.rates(runs, None), width="stretch")
    else:
        charts(runs, serving)
        one_row(shop, dataset, serving)
    shifts(runs)
    if runs["rows"].sum():
        flagged_rows.table(shop, dataset, rule, runs)
    if versions:
        history(tr("Versions"), versions, line)
        steer(shop, dataset, versions)


def versions_of(shop: Shop, dataset: str, rule: str) -> Sequence[Model]:
    """The versions of a detector's model, the newest first; all ways of one detector share it."""
    return [each for each in cache.models(shop) if each.name == f"{dataset}.{rule.partition(':')[0]}"]


def facts(rule: str, runs: pl.DataFrame, serving: Model | None) -> None:
    """What it promised, and what it kept; whether it drifts, and wants a whole fit."""
    judged = runs.filter(pl.col("rows") > 0)
    rows, failed = judged.select("rows", "failed").row(-1) if judged.height else (0, 0)
    with st.container(border=True):
        layout.titled(rule if serving is None else tr("{name}, version {version}", name=rule, version=serving.version), serving.state if serving else "unknown")
        card = serving.card if serving else {}
        kept = model_card.figures(card, "metrics").get("false_positive_rate")
        told = {
            detector_charts.promised(card.get("promise")): percent(card.get("budget")),
            tr("Kept on held-back rows"): percent(kept),
            tr("Flagged in the newest batch"): layout.share(failed, rows),
            tr("Learned from rows"): model_card.facts(card).get("rows", layout.NOTHING),
        }
        for column, (label, value) in zip(st.columns(4), told.items(), strict=True):
            column.metric(label, value)
        st.caption(steadiness(card) if serving else tr("It learns nothing: its limits stand in sluice.yaml."))


def percent(share: object) -> str:
    """A small share in per cent, with two digits."""
    return f"{share:.2%}" if isinstance(share, int | float) else layout.NOTHING


def steadiness(card: model_card.Card) -> str:
    """Whether the newest rows are as usual, in words."""
    refit = card.get("refit")
    if refit:
        return tr("A whole fit is asked for: {why}", why=markdown(said(refit)))
    if not diagnostics.known(card):
        return tr("It learns on from batch to batch.")
    shift = model_card.figures(card, "metrics").get("shift")
    return (
        tr("The newest rows are as usual as those before.")
        if not shift
        else tr("The newest rows differ from those before by {shift} (0: not at all; 1: wholly).", shift=f"{shift:.2f}")
    )


def charts(runs: pl.DataFrame, serving: Model) -> None:
    """Four pictures: over the runs, of the calibration, of the columns, of the rows."""
    card = serving.card
    told = card.get("budget")
    budget = float(told) if isinstance(told, int | float) else None
    above, below = st.columns(2), st.columns(2)
    with above[0]:
        part(tr("Flagged, batch by batch"), tr("The red line is the budget; real errors lie above it."))
        st.altair_chart(detector_charts.rates(runs, budget), width="stretch")
    with above[1]:
        part(tr("Calibration"), tr("On the dashed line as many clean rows are flagged as promised, whatever the budget."))
        st.altair_chart(detector_charts.calibration(diagnostics.calibration(card), budget), width="stretch")
    with below[0]:
        part(tr("Loudest columns"), tr("How surprising the cells of the newest batch are, on average."))
        st.altair_chart(detector_charts.columns(diagnostics.columns(card)), width="stretch")
    with below[1]:
        part(tr("Rows as the model sees them"), tr("Each point is a row of the newest batch; near ones are alike."))
        st.altair_chart(detector_charts.points(diagnostics.points(card), budget or 0.01), width="stretch")


def part(title: str, caption: str) -> None:
    """The head of a picture."""
    st.markdown(f"**{title}**")
    st.caption(caption)


def shifts(runs: pl.DataFrame) -> None:
    """Of a detector that speaks of whole batches: which columns have moved, and since when."""
    if runs["rows"].sum() or runs.filter(pl.col("status").is_in(["passed", "failed"])).is_empty():
        return
    st.subheader(tr("What has moved"), anchor=False)
    rows = [
        {tr("Column"): each.column, tr("What"): said(each.observed), tr("Since"): layout.moment(each.since), tr("Batches in a row"): each.batches}
        for each in detector_queries.drifted_columns(runs)
    ]
    layout.table(rows, tr("Nothing: the newest batch is as those before."))


def one_row(shop: Shop, dataset: str, serving: Model) -> None:
    """One of the loudest rows, cell by cell."""
    st.subheader(tr("One row, explained"), anchor=False)
    loud = {each.row: each for each in diagnostics.loudest(serving.card)}
    if not loud:
        st.caption(tr("No row yet: the next batch brings some."))
        return
    labels = {row: f"{row} · p = {each.p:.2g} · {', '.join(each.blamed[:2])}" for row, each in loud.items()}
    row = st.selectbox(tr("The loudest rows of the newest batch"), list(loud), format_func=labels.__getitem__, key=f"row of {serving.name}")
    st.html(contributions.table(loud[row], cache.published_row(shop, dataset, row), shop.schema(dataset)))
    st.caption(tr("Surprise 1 is seen in one cell of ten, 2 in one of a hundred. Any other row is explained by:"))
    st.code(f"sluice explain {row} --config {shop.path}", language="bash")


def steer(shop: Shop, dataset: str, versions: Sequence[Model]) -> None:
    """Ask for the version before, or for a whole fit, and see what became of earlier requests."""
    name = versions[0].name
    with st.container(border=True):
        st.markdown(f"**{tr('Roll back, or fit anew')}**")
        by, note = request_form.signature()
        back, anew, hint = st.columns([1, 1, 3], vertical_alignment="center")
        hint.caption(tr("After a roll-back it learns on only once a whole fit is due, or asked for. A whole fit reads the accepted history anew."))
        with back:
            roll_back(shop, versions, dataset, by=by, note=note)
        if anew.button(tr("Fit anew"), key=f"fit {name}", width="stretch"):
            request_form.file(shop, "refit", dataset, by=by, note=note, model=name)
    request_form.requests(shop, ("rollback", "refit"), model=name)


def line(model: Model) -> dict[str, object]:
    """A version as a line of the table."""
    metrics = model_card.figures(model.card, "metrics")
    return {
        tr("Version"): model.version,
        tr("State"): word(model.state),
        tr("Trained"): layout.moment(model.at),
        tr("Whole fit"): tr("yes") if model_card.whole_fit(model.card) else "",
        tr("Calibrated on rows"): layout.number(metrics.get("calibration_rows")),
        tr("Kept on held-back rows"): percent(metrics.get("false_positive_rate")),
    }


page()
