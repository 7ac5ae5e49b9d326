"""Draw why a model recommends what it does: explained sample recommendations from its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import altair as alt
import polars as pl
import streamlit as st

from dashboard.data.model_card import Card, number, records, texts
from dashboard.i18n.language import current_language, ntr, render_message, tr
from dashboard.widgets.charts import Chart, without_frame
from dashboard.widgets.choice import choose_segment
from dashboard.widgets.formatting import NOTHING
from dashboard.widgets.layout import NEUTRAL, draw_table
from sluice.domain import Message

CONTRIBUTIONS = (("event_contributions", "carried"), ("attribute_contributions", "attributes"), ("purchase_contributions", "chance"))
"""Keys of a sample, each with its name on cards of 0.1."""


@dataclass(frozen=True, slots=True)
class ExplainedItem:
    """Hold one recommended item with its explanation.

    Attributes:
        title: Title of the item.
        why: Sentence for the shopper.
        event_contributions: Share of the score by past item.
        attribute_contributions: Addition to the score by attribute of the item.
        purchase_contributions: Addition to the log-odds of a purchase, by feature.
        needs: Past items without any one of which it would not be shown.
    """

    title: str
    why: str
    event_contributions: tuple[tuple[str, float], ...]
    attribute_contributions: tuple[tuple[str, float], ...] = ()
    purchase_contributions: tuple[tuple[str, float], ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold the recommendations to one user, who is described by the number of their events only."""

    events: int
    items: tuple[ExplainedItem, ...]


def draw_explanations(card: Card) -> None:
    """Draw the explained samples of a card; nothing where it holds none."""
    samples = explained_samples(card)
    if not samples:
        return
    st.markdown(f"**{tr('Explained recommendations')}**")
    names = [ntr("A user with {count} event", "A user with {count} events", sample.events) for sample in samples]
    chosen = choose_segment(tr("Example"), range(len(samples)), names.__getitem__, "explained", label_visibility="collapsed")
    sample = samples[chosen]
    st.altair_chart(event_contribution_bars(sample), width="stretch")
    draw_table([_table_row(item) for item in sample.items])


def explained_samples(card: Card) -> list[Sample]:
    """Return the samples of a card whose items have event contributions."""
    samples = [Sample(int(number(sample.get("events")) or 0), tuple(map(_item, records(sample.get("answers"))))) for sample in records(card.get("samples"))]
    return [sample for sample in samples if any(item.event_contributions for item in sample.items)]


def event_contribution_bars(sample: Sample) -> Chart:
    """Plot one bar per item, divided by past items; negative contributions lie left of 0."""
    rows = [
        {"answer": f"{rank}. {item.title}", "past": name or tr("all others"), "share": share}
        for rank, item in enumerate(sample.items, 1)
        for name, share in item.event_contributions
    ]
    data = pl.DataFrame(rows, schema={"answer": pl.String, "past": pl.String, "share": pl.Float64})
    x = alt.X("share:Q", title=tr("contribution to the score"))
    y = alt.Y("answer:N", title=None, sort=None, axis=alt.Axis(labelLimit=260, labelOverlap=False))
    colour = alt.Color("past:N", sort=None, legend=alt.Legend(title=tr("Past item"), orient="right", labelLimit=200))
    tooltip = [alt.Tooltip("past:N", title=tr("Past item")), alt.Tooltip("share:Q", title=tr("contribution to the score"), format="+.3f")]
    zero = alt.Chart(pl.DataFrame({"share": [0.0]})).mark_rule(color=NEUTRAL).encode(x)
    bars = alt.Chart(data).mark_bar().encode(x, y, colour, tooltip=tooltip)
    return without_frame(alt.layer(bars, zero).properties(height=44 * max(len(sample.items), 1)))


def _item(record: Mapping[str, object]) -> ExplainedItem:
    events, attributes, purchase = (_contributions(record, *names) for names in CONTRIBUTIONS)
    needs = record.get("needs")
    past = tuple(map(str, needs)) if isinstance(needs, list) else ()
    return ExplainedItem(str(record.get("title") or record.get("item") or ""), _reason(record), events, attributes, purchase, past)


def _reason(record: Mapping[str, object]) -> str:
    """Render the reason; cards of 0.1 hold it as text by language."""
    reason = record.get("reason")
    return render_message(Message.from_json(reason)) if reason else texts(record.get("why")).get(current_language(), "")


def _contributions(record: Mapping[str, object], name: str, old_name: str) -> tuple[tuple[str, float], ...]:
    parts = records(record.get(name, record.get(old_name)))
    return tuple((str(part.get("name", "")), number(part.get("value", part.get("share"))) or 0.0) for part in parts)


def _table_row(item: ExplainedItem) -> dict[str, object]:
    row: dict[str, object] = {tr("Recommended item"): item.title, tr("Reason for the shopper"): item.why}
    row[tr("Not shown without")] = ", ".join(item.needs) or NOTHING
    details = {tr("Attributes"): item.attribute_contributions, tr("Purchase probability"): item.purchase_contributions}
    return row | {name: ", ".join(f"{part} {share:+.2f}" for part, share in shares) or NOTHING for name, shares in details.items()}
