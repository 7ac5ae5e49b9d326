"""What dirt costs: the newest calibration as a curve, and a batch's cost in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl
import streamlit as st

from dashboard.data import cache
from dashboard.data.model_card import Card, number
from dashboard.data.shop import Shop
from dashboard.i18n.labels import word
from dashboard.i18n.language import tr
from dashboard.safety.escape import markdown
from dashboard.widgets import charts, layout
from sluice.domain import Cost, Curve, Model, Run
from sluice.rules import cost_of

LINE = "calibration"


def calibration(shop: Shop) -> Model | None:
    """The newest calibration."""
    return next((each for each in cache.models(shop) if each.name == LINE and each.state == "champion"), None)


def cost_of_batch(shop: Shop, run: Run) -> str:
    """What a batch would cost, as a sentence; empty where that is not known."""
    made = calibration(shop)
    cost = cost_of(Curve.of(made.card), run) if made else None
    return told(cost) if cost else ""


def told(cost: Cost) -> str:
    """A cost in words."""
    return tr("This batch would cost about {share} of Recall@20 ({low} to {high}).", share=_share(cost.share), low=_share(cost.low), high=_share(cost.high))


def _share(share: float) -> str:
    return f"{share:.1%}"


def draw(shop: Shop) -> None:
    """The curve of the newest calibration, and the limit that it proposes."""
    st.subheader(tr("What dirt costs"), anchor=False)
    made = calibration(shop)
    curve = Curve.of(made.card) if made else None
    if made is None or curve is None:
        layout.empty(
            tr("Nobody has measured yet what a score costs"),
            tr("This dirties accepted batches on purpose and measures it; nothing of it is published:"),
            "sluice cost-curve",
        )
        return
    with st.container(border=True):
        st.caption(tr("Measured {at} on {count} accepted batches: each kind of dirt was planted, judged, cleaned, and learned from.", **_facts(made)))
        st.altair_chart(
            chart(curve, made.card, shop.config.datasets[curve.dataset].gate.minimum if curve.dataset in shop.config.datasets else None), width="stretch"
        )
        for line in _advice(made.card, curve.dataset):
            st.markdown(line)


def _facts(made: Model) -> Mapping[str, object]:
    batches = made.card.get("batches")
    return {"at": layout.moment(made.at), "count": len(batches) if isinstance(batches, Sequence) else layout.NOTHING}


def chart(curve: Curve, card: Card, minimum: float | None) -> charts.Chart:
    """Score against lost Recall@20: the fitted line with its band, each measurement as a point, the gate's limit as a rule."""
    x = alt.X("score:Q", title=tr("score: the worst dimension of a batch"), scale=alt.Scale(zero=False))
    y, low = (alt.Y(name, title=tr("Recall@20 that is lost"), axis=alt.Axis(format=".0%")) for name in ("cost:Q", "low:Q"))
    line = pl.DataFrame(
        [{"score": score, "cost": each.share, "low": each.low, "high": each.high} for score, each in zip(curve.scores, curve.costs, strict=True)]
    )
    band = alt.Chart(line).mark_area(color=layout.ACCENT, opacity=0.15).encode(x=x, y=low, y2="high:Q")
    drawn = alt.Chart(line).mark_line(color=layout.ACCENT, strokeWidth=2).encode(x=x, y=y)
    layers: list[alt.Chart] = [band, drawn]
    points = measured(card)
    if points:
        colour = alt.Color(
            "state:N", scale=alt.Scale(domain=[word("open"), word("closed")], range=[layout.GOOD, layout.BAD]), legend=alt.Legend(title=None, orient="top")
        )
        tooltip = [
            alt.Tooltip("kind:N", title=tr("Dirt")),
            alt.Tooltip("rate:Q", title=tr("Share"), format=".0%"),
            alt.Tooltip("score:Q", title=tr("Score"), format=".1f"),
            alt.Tooltip("cost:Q", title=tr("Lost"), format=".1%"),
            alt.Tooltip("state:N", title=tr("Gate")),
        ]
        layers.append(alt.Chart(pl.DataFrame(points)).mark_point(filled=True, size=60, opacity=0.8).encode(x=x, y=y, color=colour, tooltip=tooltip))
    if minimum is not None:
        layers.append(alt.Chart(pl.DataFrame({"score": [minimum]})).mark_rule(color=layout.BAD, strokeDash=[2, 3]).encode(x=x))
    return charts.dressed(alt.layer(*layers).properties(height=340))


def measured(card: Card) -> list[dict[str, object]]:
    """Each measurement: what was planted, what it scored, what it cost, and whether the gate let it through."""
    probes = card.get("probes")
    if not isinstance(probes, Sequence):
        return []
    lines = [probe for probe in probes if isinstance(probe, Mapping) and number(probe.get("score")) is not None]
    return [
        {
            "kind": str(probe.get("kind")),
            **{name: number(probe.get(name)) for name in ("rate", "score", "cost")},
            "state": word("open" if probe.get("open") else "closed"),
        }
        for probe in lines
    ]


def _advice(card: Card, dataset: str) -> list[str]:
    """What follows from it."""
    proposal = card.get("proposal")
    if not isinstance(proposal, Mapping):
        return []
    bear, minimum = number(proposal.get("bear")), number(proposal.get("minimum"))
    lines = []
    if bear is not None and minimum is not None:
        lines.append(
            tr(
                "To bear {bear} of Recall@20, let the gate of {dataset} ask for at least **{minimum}**.",
                bear=_share(bear),
                dataset=dataset,
                minimum=f"{minimum:g}",
            )
        )
    elif bear is not None:
        lines.append(tr("No limit keeps the loss within {bear}: even the best score costs more.", bear=_share(bear)))
    unseen = proposal.get("unseen")
    if isinstance(unseen, Sequence) and unseen:
        kinds = ", ".join(f"{markdown(str(kind))} ({_share(float(rate))})" for kind, rate in unseen)
        lines.append(tr("The gate would let through, though it costs more: {kinds}. A rule or a detector that sees it would help.", kinds=kinds))
    return lines
