"""Why a model recommends what it does: a few explained answers from its card, as a chart for the team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import polars as pl
import streamlit as st

from dashboard.data.model_card import Card, number, texts
from dashboard.i18n.language import current, tr
from dashboard.widgets import charts, layout


@dataclass(frozen=True, slots=True)
class Answer:
    """One recommendation.

    Attributes:
        title: What people call it.
        why: The sentence for the shopper.
        carried: By past item its share of the score.
        attributes: By attribute of the item what it adds.
        chance: By what makes a purchase likelier, in log-odds.
    """

    title: str
    why: str
    carried: tuple[tuple[str, float], ...]
    attributes: tuple[tuple[str, float], ...] = ()
    chance: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """The recommendations to one user, of whom only the number of events is told."""

    events: int
    answers: tuple[Answer, ...]


def explained(card: Card) -> None:
    """Draw what a card tells; nothing where it tells nothing."""
    told = samples(card)
    if not told:
        return
    st.markdown(f"**{tr('What carries its recommendations')}**")
    names = [tr("A user with 1 event") if each.events == 1 else tr("A user with {events} events", events=each.events) for each in told]
    chosen = st.segmented_control(tr("Example"), range(len(told)), format_func=names.__getitem__, default=0, label_visibility="collapsed", key="explained")
    sample = told[chosen or 0]
    st.altair_chart(bars(sample), width="stretch")
    layout.table([_line(each) for each in sample.answers], "")


def samples(card: Card) -> list[Sample]:
    """The explained answers of a card that say what carried them."""
    found = [Sample(int(number(each.get("events")) or 0), tuple(map(_answer, _parts(each.get("answers"))))) for each in _parts(card.get("samples"))]
    return [each for each in found if any(answer.carried for answer in each.answers)]


def bars(sample: Sample) -> charts.Chart:
    """One bar an answer, parted by the past items that carried it; what speaks against it lies left of 0."""
    rows = [
        {"answer": f"{place}. {each.title}", "past": name or tr("all others"), "share": share}
        for place, each in enumerate(sample.answers, 1)
        for name, share in each.carried
    ]
    data = pl.DataFrame(rows, schema={"answer": pl.String, "past": pl.String, "share": pl.Float64})
    x = alt.X("share:Q", title=tr("contribution to the score"))
    y = alt.Y("answer:N", title=None, sort=None, axis=alt.Axis(labelLimit=260, labelOverlap=False))
    colour = alt.Color("past:N", sort=None, legend=alt.Legend(title=tr("Past item"), orient="right", labelLimit=200))
    tooltip = [alt.Tooltip("past:N", title=tr("Past item")), alt.Tooltip("share:Q", title=tr("contribution to the score"), format="+.3f")]
    zero = alt.Chart(pl.DataFrame({"share": [0.0]})).mark_rule(color=layout.NEUTRAL).encode(x)
    return charts.dressed(alt.layer(alt.Chart(data).mark_bar().encode(x, y, colour, tooltip=tooltip), zero).properties(height=44 * max(len(sample.answers), 1)))


def _answer(told: Mapping[str, object]) -> Answer:
    carried, attributes, chance = (
        tuple((str(each.get("name", "")), number(each.get("share")) or 0.0) for each in _parts(told.get(name))) for name in ("carried", "attributes", "chance")
    )
    return Answer(str(told.get("title") or told.get("item") or ""), texts(told.get("why")).get(current(), ""), carried, attributes, chance)


def _line(answer: Answer) -> dict[str, object]:
    found: dict[str, object] = {tr("Recommended"): answer.title, tr("What the shopper is told"): answer.why}
    beside = {tr("By its attributes"): answer.attributes, tr("Chance of a purchase"): answer.chance}
    return found | {name: ", ".join(f"{what} {share:+.2f}" for what, share in shares) or layout.NOTHING for name, shares in beside.items()}


def _parts(told: object) -> list[Mapping[str, object]]:
    listed = told if isinstance(told, Sequence) and not isinstance(told, str) else ()
    return [each for each in listed if isinstance(each, Mapping)]
