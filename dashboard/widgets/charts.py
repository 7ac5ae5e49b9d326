"""Build charts, which the browser draws; every tooltip names its fields, so that no data column is interpreted as an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import altair as alt
import polars as pl

from dashboard.i18n.labels import label
from dashboard.i18n.language import current_language, tr
from dashboard.widgets.formatting import format_score
from dashboard.widgets.layout import ACCENT, BAD, GOOD, NEUTRAL
from sluice.domain import Run

Chart: TypeAlias = alt.LayerChart | alt.FacetChart

_CHINESE_TIME: Mapping[str, Any] = {
    "dateTime": "%x %X",
    "date": "%Y年%-m月%-d日",
    "time": "%H:%M:%S",
    "periods": ["上午", "下午"],
    "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
    "months": [f"{month}月" for month in ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]],
    "shortMonths": [f"{month}月" for month in range(1, 13)],
}
_STATE_COLOURS = {"open": GOOD, "closed": BAD, "unknown": NEUTRAL}

_BAR, _BELOW = 28, 60  # pixels: of a bar, whose label is as high in Chinese, and of the axis below the bars


def score_history(runs: Sequence[Run], minimum: float) -> Chart:
    """Plot a dataset's scores over time: published as a line with each batch's decision as a point, on arrival dashed, the gate's limit as a rule.

    Args:
        runs: Published runs of one dataset.
        minimum: The gate's limit on the worst dimension.
    """
    data = _long_scores(runs)
    day = day_axis()
    floor = max(0, 5 * (int(min([minimum, *data["score"].drop_nulls()])) // 5) - 5)
    ticks = list(range(100, floor - 1, -5 if floor >= 75 else -20))
    y = alt.Y("score:Q", title=None, scale=alt.Scale(domain=[floor, 100], nice=False), axis=alt.Axis(values=ticks))
    names = [tr("Published"), tr("On arrival")]
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=names, range=[[1, 0], [4, 3]]), legend=alt.Legend(title=None, orient="top"))
    opacity = alt.Opacity("series:N", scale=alt.Scale(domain=names, range=[1, 0.55]), legend=None)
    line_marks = alt.Chart(data).mark_line(strokeWidth=2, color=ACCENT).encode(day, y, dash, opacity)
    published = alt.Chart(data.filter(pl.col("series") == names[0]))
    dots = published.mark_point(size=55, filled=True, opacity=1).encode(day, y, _state_colour(), tooltip=_score_tooltip())
    return without_frame(alt.layer(limit_rule("score", minimum).encode(y), line_marks, dots).properties(height=190))


def _long_scores(runs: Sequence[Run]) -> pl.DataFrame:
    rows = [
        {
            "at": run.at,
            "series": series,
            "score": score.value,
            "text": format_score(score.value),
            "state": label(run.decision),
            "rows": run.rows,
            "held": run.bad,
        }
        for run in runs
        for series, score in ((tr("Published"), run.published), (tr("On arrival"), run.arrival))
    ]
    schema = pl.Schema(
        {"at": pl.Datetime("us", "UTC"), "series": pl.String(), "score": pl.Float64(), "text": pl.String()}
        | {"state": pl.String(), "rows": pl.Int64(), "held": pl.Int64()}
    )
    return pl.DataFrame(rows, schema=schema)


def _state_colour() -> alt.Color:
    scale = alt.Scale(domain=[label(state) for state in _STATE_COLOURS], range=list(_STATE_COLOURS.values()))
    return alt.Color("state:N", scale=scale, legend=None)


def _score_tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("at:T", title=tr("Batch end"), format="%Y-%m-%d %H:%M"),
        alt.Tooltip("text:N", title=tr("Score")),
        alt.Tooltip("state:N", title=tr("Gate")),
        alt.Tooltip("rows:Q", title=tr("Rows"), format=","),
        alt.Tooltip("held:Q", title=tr("Held"), format=","),
    ]


def score_bars(values: Mapping[str, float], *, title: str, limit: float | None = None) -> Chart:
    """Plot scores as horizontal bars from 0 to 100, one per name; those below the limit in red."""
    columns = {"name": list(values), "score": list(values.values()), "text": [format_score(value) for value in values.values()]}
    data = pl.DataFrame(columns, schema={"name": pl.String, "score": pl.Float64, "text": pl.String})
    colour = alt.condition(alt.datum.score < (limit or 0), alt.value(BAD), alt.value(ACCENT))
    y = alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=240, labelOverlap=False))
    x = alt.X("score:Q", title=title, scale=alt.Scale(domain=[0, 100]))
    tooltip = [alt.Tooltip("name:N", title=tr("Name")), alt.Tooltip("text:N", title=tr("Score"))]
    base = alt.Chart(data).encode(y=y, x=x, tooltip=tooltip)
    bars = base.mark_bar(cornerRadiusEnd=3, height=16).encode(color=colour)
    layers = [bars, base.mark_text(align="left", dx=4).encode(text=alt.Text("text:N"))]
    if limit is not None:
        layers.append(limit_rule("score", limit).encode(x="score:Q"))
    return without_frame(alt.layer(*layers).properties(height=_BAR * data.height + _BELOW))


def limit_rule(field: str, limit: float) -> alt.Chart:
    """Return a dashed red rule at a limit; the caller encodes its axis."""
    rule: alt.Chart = alt.Chart(pl.DataFrame({field: [limit]})).mark_rule(color=BAD, strokeDash=[2, 3], opacity=0.6)
    return rule


def day_axis() -> alt.X:
    """Return an axis of time, by days."""
    dates = "%-m/%-d" if current_language() == "zh" else "%b %-d"
    return alt.X("at:T", title=None, axis=alt.Axis(format=dates, tickCount="day", labelOverlap=True, grid=False))


def top_legend() -> alt.Legend:
    """Return a legend above the chart, without a title."""
    return alt.Legend(title=None, orient="top")


def without_frame(chart: Chart) -> Chart:
    """Return a chart without a frame, its dates in the reader's language."""
    styled: Chart = chart.configure_view(stroke=None)
    if current_language() == "zh":
        styled = styled.configure(locale=alt.Locale(time=alt.TimeLocale(**_CHINESE_TIME)), view=alt.ViewConfig(stroke=None))
    return styled
