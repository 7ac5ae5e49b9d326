"""Draw what the newest tuning of the recommender tried and found."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import tr
from dashboard.safety.escape import markdown
from dashboard.widgets.formatting import format_metric, format_time
from dashboard.widgets.layout import draw_empty, draw_table
from sluice.domain import TuningResult

MODEL_NAME = "tuning"


def draw_tuning(shop: Shop) -> None:
    """Draw the trials of the newest tuning, the best first, and the settings that it proposes."""
    st.subheader(tr("Tuning"), anchor=False)
    model = next((model for model in cache.models(shop) if model.name == MODEL_NAME and model.state == "champion"), None)
    result = TuningResult.of(model.card) if model else None
    if model is None or result is None:
        about = tr("This tries other settings of the models on validation data; the serving model stays:")
        draw_empty(tr("No settings have been tried yet"), about, "sluice tune recommender --for 10m")
        return
    with st.container(border=True):
        st.caption(tr("Tried {at}: {trials} trials, measured on {users} users.", at=format_time(model.at), trials=len(result.trials), users=result.users[0]))
        st.markdown(verdict(result))
        draw_table(trial_rows(result))


def verdict(result: TuningResult) -> str:
    """Return what was found, as a sentence."""
    if not result.changes:
        return tr("No trial is better than the present settings.")
    facts: Mapping[str, object] = {"before": f"{result.before:.4f}", "after": f"{result.after:.4f}", "users": result.users[1]}
    if not result.confirmed:
        return tr("The best trial is no better than chance on the {users} users who did not choose it: NDCG@20 {after}, {before} before.", **facts)
    settings = ", ".join(f"{markdown(key)}: {value:g}" for key, value in result.changes.items())
    facts = {**facts, "settings": settings}
    return tr("The best trial is better on the {users} users who did not choose it: NDCG@20 {after}, {before} before. Its values: **{settings}**.", **facts)


def trial_rows(result: TuningResult) -> list[Mapping[str, object]]:
    """Return a row for each trial."""
    ordered = sorted(result.trials, key=lambda trial: (trial.state != "complete", -trial.ndcg))
    return [
        {
            tr("Trial"): trial.number,
            tr("State"): label(trial.state),
            "NDCG@20": format_metric(trial.ndcg),
            tr("Model"): trial.kind,
            tr("Seconds"): round(trial.seconds),
            **{key: f"{value:g}" for key, value in trial.values.items()},
        }
        for trial in ordered
    ]
