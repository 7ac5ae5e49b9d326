"""Plot what a rule observed over time, with the limits that applied."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from dashboard.i18n.labels import label
from dashboard.i18n.language import tr
from dashboard.widgets.charts import Chart, day_axis, top_legend, without_frame
from dashboard.widgets.layout import ACCENT, BAD, NEUTRAL, WARN
from sluice.rules.rule_history import RulePoint

_MAX_RATIO = 4  # times the largest value: a limit beyond stands in the table alone
_COLOURS = {"passed": ACCENT, "failed": BAD, "not_evaluated": WARN, "skipped": NEUTRAL}


def rule_chart(points: Sequence[RulePoint]) -> Chart:
    """Plot the observed value of each batch as a line, its result as a point, and the limits as a band or dashed lines.

    Args:
        points: What the rule said of each batch, the oldest first; one of them has a value.
    """
    data = _frame(points)
    form = ".2%" if any(point.is_share for point in points) else ",.6~g"
    x, y = day_axis(), alt.Y("value:Q", title=None, axis=alt.Axis(format=form), scale=alt.Scale(domain=_domain(points)))
    base = alt.Chart(data)
    both = base.transform_filter("isValid(datum.low) && isValid(datum.high)")
    layers = [both.mark_area(color=ACCENT, opacity=0.12, clip=True).encode(x, alt.Y("low:Q", title=None), alt.Y2("high:Q"))]
    for name in ("low", "high"):
        if data[name].is_not_null().any():
            layers.append(base.mark_line(color=BAD, strokeDash=[4, 3], opacity=0.5, clip=True).encode(x, alt.Y(f"{name}:Q", title=None)))
    present = {status: colour for status, colour in _COLOURS.items() if any(point.status == status for point in points)}
    scale = alt.Scale(domain=list(map(label, present)), range=list(present.values()))
    tooltip = [
        alt.Tooltip("at:T", title=tr("Batch end"), format="%Y-%m-%d %H:%M"),
        alt.Tooltip("status:N", title=tr("Result")),
        alt.Tooltip("value:Q", title=tr("Observed"), format=form),
        alt.Tooltip("low:Q", title=tr("Lower limit"), format=form),
        alt.Tooltip("high:Q", title=tr("Upper limit"), format=form),
        alt.Tooltip("failed:Q", title=tr("Failing rows"), format=","),
    ]
    layers.append(base.mark_line(strokeWidth=2, color=ACCENT).encode(x, y))
    dots = base.mark_point(size=60, filled=True, opacity=1)
    layers.append(dots.encode(x, y, alt.Color("status:N", scale=scale, legend=top_legend()), tooltip=tooltip))
    return without_frame(alt.layer(*layers).properties(height=260))


def _domain(points: Sequence[RulePoint]) -> list[float]:
    """Return the least and the largest number that the chart shows: of the limits those that would not press the line flat."""
    values = [point.value for point in points if point.value is not None]
    largest = max(map(abs, values))
    numbers = [*values, *(limit for point in points for limit in point.limits if limit is not None and abs(limit) <= _MAX_RATIO * largest)]
    margin = 0.06 * (max(numbers) - min(numbers)) or 0.06 * largest or 1.0
    return [min(numbers) - margin if min(numbers) < 0 else max(min(numbers) - margin, 0.0), max(numbers) + margin]


def _frame(points: Sequence[RulePoint]) -> pl.DataFrame:
    numbers = {name: pl.Float64() for name in ("value", "low", "high")}
    schema = pl.Schema({"at": pl.Datetime("us", "UTC"), **numbers, "failed": pl.Int64(), "status": pl.String()})
    rows = [(point.at, point.value, *point.limits, point.failed, label(point.status)) for point in points]
    return pl.DataFrame(rows, schema=schema, orient="row")
