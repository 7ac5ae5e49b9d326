"""Draw the comparison of a challenger with the champion: the checks, and the metric differences with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl
import streamlit as st

from dashboard.data.model_card import Card, number, records
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.widgets.charts import Chart, top_legend, without_frame
from dashboard.widgets.layout import ACCENT, BAD, GOOD, NEUTRAL, draw_table
from sluice.domain import Message

_COLOURS = {"passed": GOOD, "failed": BAD, "undecided": NEUTRAL, "informative": ACCENT}


def draw_comparison(card: Card) -> None:
    """Draw the comparison of a card; a caption where it holds none."""
    checks = records(card.get("checks"))
    if not checks:
        st.caption(tr("The card holds no comparison."))
        return
    rows = differences(card)
    if rows:
        st.altair_chart(forest_plot(rows), width="stretch")
    draw_table([_table_row(check) for check in checks])


def failure_reasons(card: Card) -> list[str]:
    """Return why a challenger was rejected: the findings of the failed checks; else the reason on the card."""
    failed = [_reason(check) for check in records(card.get("checks")) if check.get("passed") is False]
    reason = card.get("reason", card.get("why"))
    return failed or ([render_message(Message.from_json(reason))] if reason else [])


def differences(card: Card) -> list[dict[str, object]]:
    """Return each metric difference with its interval: on the trusted hold-out, on the newest events, and by segment."""
    comparison = card.get("comparison")
    if not isinstance(comparison, Mapping):
        return []
    states = {str(check.get("name")): _state(check.get("passed")) for check in records(card.get("checks"))}
    segments = comparison.get("segments")
    by_segment = segments.items() if isinstance(segments, Mapping) else ()
    rows: list[tuple[str, str, object]] = [
        (tr("all users"), states.get("ndcg@20", "informative"), comparison.get("trusted")),
        *((check_name(str(name)), states.get(str(name), "informative"), difference) for name, difference in by_segment),
        (tr("all users, newest events"), "informative", comparison.get("fresh")),
    ]
    return [{"name": name, "state": label(state), **values} for name, state, difference in rows if (values := _difference(difference))]


def forest_plot(rows: Sequence[Mapping[str, object]]) -> Chart:
    """Plot differences from the champion as points on their 95 % intervals, around the line of no difference."""
    data = pl.DataFrame(rows, infer_schema_length=None)
    y = alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=240, labelOverlap=False))
    title = tr("difference from the champion, with its 95 % interval")
    x, low = (alt.X(name, title=title, axis=alt.Axis(format="+.1~%", tickCount=8)) for name in ("change:Q", "low:Q"))
    names = [label(state) for state in _COLOURS]
    colour = alt.Color("state:N", scale=alt.Scale(domain=names, range=list(_COLOURS.values())), legend=top_legend())
    tooltip = [
        alt.Tooltip("name:N", title=tr("Segment")),
        alt.Tooltip("change:Q", title=tr("Difference"), format="+.2%"),
        alt.Tooltip("low:Q", title=tr("Lower bound"), format="+.2%"),
        alt.Tooltip("high:Q", title=tr("Upper bound"), format="+.2%"),
        alt.Tooltip("users:Q", title=tr("Users"), format=","),
    ]
    base = alt.Chart(data).encode(y=y, color=colour, tooltip=tooltip)
    intervals = base.mark_rule(strokeWidth=2).encode(x=low, x2="high:Q")
    points = base.mark_point(filled=True, size=80, opacity=1).encode(x=x)
    zero = alt.Chart(pl.DataFrame({"change": [0.0]})).mark_rule(color=NEUTRAL, strokeDash=[2, 3]).encode(x="change:Q")
    return without_frame(alt.layer(zero, intervals, points).properties(height=44 * data.height + 100))


def _table_row(check: Mapping[str, object]) -> dict[str, object]:
    return {tr("Check"): check_name(str(check.get("name"))), tr("Result"): label(_state(check.get("passed"))), tr("Finding"): _reason(check)}


def _reason(check: Mapping[str, object]) -> str:
    return render_message(Message.from_json(check.get("message", check.get("why"))))


def check_name(name: str) -> str:
    """Return the name of a check, of a segment or of a popularity band in the reader's language."""
    names = {
        "ndcg@20": tr("ranking"),
        "best": tr("ranking, against the best champion"),
        "new users": tr("new users"),
        "tail items": tr("long-tail items"),
        "heavy users": tr("heavy users"),
        "head": tr("most popular items"),
        "middle": tr("items of medium popularity"),
        "tail": tr("least popular items"),
        "cold": tr("cold-start items"),
        "coverage@20": tr("coverage"),
        "latency": tr("latency"),
        "size": tr("model size"),
        "saved": tr("same answers after saving"),
    }
    return names.get(name, name)


def _state(passed: object) -> str:
    return {True: "passed", False: "failed"}[passed] if isinstance(passed, bool) else "undecided"


def _difference(value: object) -> dict[str, object]:
    """Return the numbers of a metric difference; empty where it has no relative change."""
    if not isinstance(value, Mapping):
        return {}
    fields = {name: number(value.get(name)) for name in ("change", "low", "high", "users")}
    return {} if any(field is None for field in fields.values()) else dict(fields)
