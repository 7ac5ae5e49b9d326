"""Draw the cost curve: what a quality score costs in recall, and the cost of one batch in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl
import streamlit as st

from dashboard.data import cache
from dashboard.data.model_card import Card, items, number, records
from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import tr
from dashboard.safety.escape import markdown
from dashboard.widgets.charts import Chart, limit_rule, top_legend, without_frame
from dashboard.widgets.formatting import NOTHING, format_score, format_time
from dashboard.widgets.layout import ACCENT, BAD, GOOD, draw_empty
from sluice.domain import Cost, Curve, Model, Run
from sluice.rules import cost_of

MODEL_NAME = "calibration"


def newest_measurement(shop: Shop) -> Model | None:
    """Return the newest measurement of the cost curve."""
    return next((model for model in cache.models(shop) if model.name == MODEL_NAME and model.state == "champion"), None)


def batch_cost_text(shop: Shop, run: Run) -> str:
    """Return what a batch would cost, as a sentence; empty where that is not known."""
    measurement = newest_measurement(shop)
    cost = cost_of(Curve.of(measurement.card), run) if measurement else None
    return cost_text(cost) if cost else ""


def cost_text(cost: Cost) -> str:
    """Return a cost as a sentence."""
    interval = {"share": _percent(cost.share), "low": _percent(cost.low), "high": _percent(cost.high)}
    return tr("Training on this batch would cost about {share} of Recall@20 ({low} to {high}).", **interval)


def _percent(share: float) -> str:
    return f"{share:.1%}"


def draw_cost_curve(shop: Shop) -> None:
    """Draw the newest cost curve, and the limit that it proposes."""
    st.subheader(tr("Cost of low quality"), anchor=False)
    measurement = newest_measurement(shop)
    curve = Curve.of(measurement.card) if measurement else None
    if measurement is None or curve is None:
        title = tr("The cost curve has not been measured yet")
        draw_empty(title, tr("This injects faults into accepted batches and measures the loss; it publishes nothing:"), "sluice cost-curve")
        return
    with st.container(border=True):
        dataset = shop.config.datasets.get(curve.dataset)
        st.caption(tr("Measured {at} on {count} accepted batches: faults of each kind were injected, checked, cleaned and trained on.", **_facts(measurement)))
        st.altair_chart(cost_chart(curve, measurement.card, dataset.gate.minimum if dataset else None), width="stretch")
        for sentence in _advice(measurement.card, curve.dataset):
            st.markdown(sentence)


def _facts(measurement: Model) -> Mapping[str, object]:
    return {"at": format_time(measurement.at), "count": len(items(measurement.card.get("batches"))) or NOTHING}


def cost_chart(curve: Curve, card: Card, minimum: float | None) -> Chart:
    """Plot lost Recall@20 over the score: the fitted curve with its band, each measurement as a point, the gate's limit as a rule."""
    x = alt.X("score:Q", title=tr("score: the worst dimension of a batch"), scale=alt.Scale(zero=False))
    y, low = (alt.Y(name, title=tr("lost Recall@20"), axis=alt.Axis(format=".0%")) for name in ("cost:Q", "low:Q"))
    fitted = alt.Chart(
        pl.DataFrame([{"score": score, "cost": cost.share, "low": cost.low, "high": cost.high} for score, cost in zip(curve.scores, curve.costs, strict=True)])
    )
    layers: list[alt.Chart] = [
        fitted.mark_area(color=ACCENT, opacity=0.15).encode(x=x, y=low, y2="high:Q"),
        fitted.mark_line(color=ACCENT, strokeWidth=2).encode(x=x, y=y),
    ]
    measured = measurements(card)
    if measured:
        points = alt.Chart(pl.DataFrame(measured)).mark_point(filled=True, size=60, opacity=0.8)
        layers.append(points.encode(x=x, y=y, color=_state_colour(), tooltip=_tooltip()))
    if minimum is not None:
        layers.append(limit_rule("score", minimum).encode(x=x))
    return without_frame(alt.layer(*layers).properties(height=340))


def _state_colour() -> alt.Color:
    return alt.Color("state:N", scale=alt.Scale(domain=[label("open"), label("closed")], range=[GOOD, BAD]), legend=top_legend())


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("kind:N", title=tr("Fault")),
        alt.Tooltip("rate:Q", title=tr("Share"), format=".0%"),
        alt.Tooltip("text:N", title=tr("Score")),
        alt.Tooltip("cost:Q", title=tr("Lost"), format=".1%"),
        alt.Tooltip("state:N", title=tr("Gate")),
    ]


def measurements(card: Card) -> list[dict[str, object]]:
    """Return each measurement: the injected fault, its score, its cost, and the gate's decision."""
    return [
        {
            "kind": str(probe.get("kind")),
            **{name: number(probe.get(name)) for name in ("rate", "score", "cost")},
            "text": format_score(number(probe.get("score"))),
            "state": label("open" if probe.get("open") else "closed"),
        }
        for probe in records(card.get("probes"))
        if number(probe.get("score")) is not None
    ]


def _advice(card: Card, dataset: str) -> list[str]:
    """Return the proposed limit, and the faults that it would let through."""
    proposal = card.get("proposal")
    if not isinstance(proposal, Mapping):
        return []
    limit, minimum = number(proposal.get("max_recall_loss", proposal.get("bear"))), number(proposal.get("minimum"))
    sentences = []
    if limit is not None and minimum is not None:
        text = tr("To lose at most {limit} of Recall@20, set the minimum score of the gate of {dataset} to **{minimum}**.", **_limits(limit, dataset, minimum))
        sentences.append(text)
    elif limit is not None:
        sentences.append(tr("No minimum score keeps the loss within {limit}: even the best score costs more.", limit=_percent(limit)))
    undetected = [fault for value in items(proposal.get("undetected", proposal.get("unseen"))) if (fault := _fault(value))]
    if undetected:
        kinds = ", ".join(f"{markdown(kind)} ({_percent(rate)})" for kind, rate in undetected)
        sentences.append(tr("The gate would let these faults through although they cost more: {kinds}. A rule or a detector for them would help.", kinds=kinds))
    return sentences


def _fault(value: object) -> tuple[str, float] | None:
    fields = items(value)
    rate = number(fields[1]) if len(fields) == 2 else None
    return None if rate is None else (str(fields[0]), rate)


def _limits(limit: float, dataset: str, minimum: float) -> Mapping[str, object]:
    return {"limit": _percent(limit), "dataset": markdown(dataset), "minimum": f"{minimum:g}"}
