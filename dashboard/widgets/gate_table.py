"""Draw the gates of all datasets as one table, each with the line of its scores over 30 days."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.i18n.language import tr
from dashboard.safety.escape import markup
from dashboard.widgets.dataset_card import published_batches
from dashboard.widgets.formatting import format_score, format_share, format_time
from dashboard.widgets.gate_state import gate_text
from sluice.domain import News, Run
from sluice.rules import revised

DAYS = timedelta(days=30)
LINE = "#0f8aa5"  # is read on a light and on a dark page
WIDTH, HEIGHT, MARGIN = 120, 26, 3  # pixels of a line


def draw_gates(shop: Shop, news: Sequence[News], runs: Sequence[Run]) -> None:
    """Draw the table.

    Args:
        shop: The shop.
        news: The datasets in the order of the rows, each with the state of its gate.
        runs: Runs of all datasets, the oldest first.
    """
    head = "".join(f"<th>{markup(title)}</th>" for title in (tr("Dataset"), tr("Gate"), tr("Score"), tr("Held"), tr("30 days")))
    batches = {entry.dataset: published_batches(revised([run for run in runs if run.dataset == entry.dataset])) for entry in news}
    rows = "".join(_row(entry, batches[entry.dataset], shop.now) for entry in news)
    st.html(f'<table class="cells gates"><caption>{markup(tr("Gates and scores"))}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')


def _row(news: News, batches: Sequence[Run], now: datetime) -> str:
    newest = batches[-1] if batches else None
    score = format_score(newest.published.value if newest else None)
    held = format_share(newest.bad, newest.rows) if newest else format_share(0, 0)
    state = "overridden" if news.override else news.gate
    gate = f'<span class="state {markup(state)}">{markup(gate_text(news.gate, news.override))}</span>'
    line = score_line([run for run in batches if run.at > now - DAYS])
    return f"<tr><td>{markup(news.dataset)}</td><td>{gate}</td><td>{score}</td><td>{held}</td><td>{line}</td></tr>"


def score_line(batches: Sequence[Run]) -> str:
    """Return the scores of some batches as a drawn line, with a text for those who cannot see it; empty without a score."""
    points = [(run.at.timestamp(), run.published.value, run.at) for run in batches if run.published.value is not None]
    if not points:
        return ""
    values = [value for _, value, _ in points]
    spoken = tr("{first} to {last}: between {low} and {high}", first=format_time(points[0][2]), last=format_time(points[-1][2]), **_limits(values))
    image = base64.b64encode(_svg(_places([moment for moment, _, _ in points], values)).encode()).decode()
    return f'<img class="line" src="data:image/svg+xml;base64,{image}" alt="{markup(spoken)}" title="{markup(spoken)}">'


def _svg(places: Sequence[tuple[float, float]]) -> str:
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    end_x, end_y = places[-1]
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    marks = f'<polyline points="{line}" fill="none" stroke="{LINE}" stroke-width="1.5"/><circle cx="{end_x:.1f}" cy="{end_y:.1f}" r="2.5" fill="{LINE}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{marks}</svg>'


def _limits(values: Sequence[float]) -> Mapping[str, str]:
    return {"low": format_score(min(values)), "high": format_score(max(values))}


def _places(moments: Sequence[float], values: Sequence[float]) -> list[tuple[float, float]]:
    """Return where the points lie; the line of a score that hardly moves is drawn flat, at the top."""
    first, span = moments[0], (moments[-1] - moments[0]) or 1.0
    floor = min(*values, 90.0)
    return [
        (MARGIN + (moment - first) / span * (WIDTH - 2 * MARGIN), MARGIN + (100 - value) / (100 - floor) * (HEIGHT - 2 * MARGIN))
        for moment, value in zip(moments, values, strict=True)
    ]
