"""How a challenger did beside the champion: what it was asked, and the changes with their intervals as a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl
import streamlit as st

from dashboard.data.model_card import Card, number
from dashboard.i18n.labels import word
from dashboard.i18n.language import said, tr
from dashboard.widgets import charts, layout
from sluice.domain import Message

_COLOURS = {"passed": layout.GOOD, "failed": layout.BAD, "undecided": layout.NEUTRAL, "told": layout.ACCENT}


def compared(card: Card) -> None:
    """Draw what stands on a card; nothing where it holds no comparison."""
    checks = _parts(card.get("checks"))
    if not checks:
        st.caption(tr("The card holds no comparison."))
        return
    lines = changes(card)
    if lines:
        st.altair_chart(forest(lines), width="stretch")
    layout.table([_line(check) for check in checks], "")


def failed(card: Card) -> list[Message]:
    """Why a challenger did not come to serve: what each check that failed found; else what the card says."""
    told = [_message(check) for check in _parts(card.get("checks")) if check.get("passed") is False]
    reason = card.get("reason", card.get("why"))
    return told or ([Message.from_json(reason)] if reason else [])


def _message(check: Card) -> Message:
    """Return what a check found; cards of 0.1 hold it as a sentence."""
    return Message.from_json(check.get("message", check.get("why")))


def changes(card: Card) -> list[dict[str, object]]:
    """Each metric's change with its interval: the trusted hold-out, the newest events, and each segment."""
    told = card.get("comparison")
    if not isinstance(told, Mapping):
        return []
    states = {str(check.get("name")): _state(check.get("passed")) for check in _parts(card.get("checks"))}
    segments = told.get("segments")
    parts = segments.items() if isinstance(segments, Mapping) else ()
    found: list[tuple[str, str, object]] = [
        (tr("all users"), states.get("ndcg@20", "told"), told.get("trusted")),
        *((named(str(name)), states.get(str(name), "told"), each) for name, each in parts),
        (tr("all users, newest events"), "told", told.get("fresh")),
    ]
    return [{"name": name, "state": word(state), **each} for name, state, change in found if (each := _change(change))]


def forest(lines: Sequence[Mapping[str, object]]) -> charts.Chart:
    """Changes against the champion as points on their 95 % intervals, around the line of no change."""
    data = pl.DataFrame(lines, infer_schema_length=None)
    y = alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=240, labelOverlap=False))
    title = tr("change against the champion, with its 95 % interval")
    x, low = (alt.X(name, title=title, axis=alt.Axis(format="+.1~%", tickCount=8)) for name in ("change:Q", "low:Q"))
    names = [word(state) for state in _COLOURS]
    colour = alt.Color("state:N", scale=alt.Scale(domain=names, range=list(_COLOURS.values())), legend=alt.Legend(title=None, orient="top"))
    tooltip = [
        alt.Tooltip("name:N", title=tr("Of whom")),
        alt.Tooltip("change:Q", title=tr("Change"), format="+.2%"),
        alt.Tooltip("low:Q", title=tr("At least"), format="+.2%"),
        alt.Tooltip("high:Q", title=tr("At most"), format="+.2%"),
        alt.Tooltip("users:Q", title=tr("Users"), format=","),
    ]
    base = alt.Chart(data).encode(y=y, color=colour, tooltip=tooltip)
    spans = base.mark_rule(strokeWidth=2).encode(x=low, x2="high:Q")
    points = base.mark_point(filled=True, size=80, opacity=1).encode(x=x)
    zero = alt.Chart(pl.DataFrame({"change": [0.0]})).mark_rule(color=layout.NEUTRAL, strokeDash=[2, 3]).encode(x="change:Q")
    return charts.dressed(alt.layer(zero, spans, points).properties(height=44 * data.height + 100))


def _line(check: Mapping[str, object]) -> dict[str, object]:
    return {tr("Asked"): named(str(check.get("name"))), tr("Result"): word(_state(check.get("passed"))), tr("Found"): said(_message(check))}


def named(name: str) -> str:
    """The name of a check, of a segment or of a band as people read it."""
    names = {
        "ndcg@20": tr("ranking"),
        "best": tr("ranking, against the best so far"),
        "new users": tr("new users"),
        "tail items": tr("tail items"),
        "heavy users": tr("heavy users"),
        "head": tr("most popular items"),
        "middle": tr("items in between"),
        "tail": tr("seldom met items"),
        "cold": tr("items never met"),
        "coverage@20": tr("coverage"),
        "latency": tr("latency"),
        "size": tr("size"),
        "saved": tr("same answers once saved"),
    }
    return names.get(name, name)


def _state(passed: object) -> str:
    return {True: "passed", False: "failed"}.get(passed, "undecided") if isinstance(passed, bool) else "undecided"


def _change(told: object) -> dict[str, object]:
    """The numbers of a change; empty where it is none, or no share."""
    if not isinstance(told, Mapping):
        return {}
    found = {name: number(told.get(name)) for name in ("change", "low", "high", "users")}
    return {} if any(value is None for value in found.values()) else dict(found)


def _parts(told: object) -> list[Mapping[str, object]]:
    return [each for each in told if isinstance(each, Mapping)] if isinstance(told, Sequence) and not isinstance(told, str) else []
