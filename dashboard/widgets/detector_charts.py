"""Build the charts of a detector: flag rates over the runs, calibration, column contributions, rows as points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from dashboard.i18n.language import tr
from dashboard.widgets.charts import Chart, day_axis, limit_rule, top_legend, without_frame
from dashboard.widgets.layout import ACCENT, BAD, NEUTRAL, WARN

HEIGHT = 230


def guarantee_label(guarantee: str) -> str:
    """Return the label of a guaranteed rate, by the kind of the guarantee."""
    labels = {"conditional": tr("False positive rate, at most"), "fdr": tr("False discovery rate")}
    return labels.get(guarantee, tr("False positive rate, on average"))


def flag_rates(runs: pl.DataFrame, max_fpr: float | None) -> Chart:
    """Plot the share of flagged rows of each run, and the guaranteed rate as a rule.

    Args:
        runs: `at`, `rows`, `failed`.
        max_fpr: The guaranteed false positive rate, where there is one.
    """
    data = runs.filter(pl.col("rows") > 0).select("at", "rows", "failed", share=pl.col("failed") / pl.col("rows"))
    y = alt.Y("share:Q", title=None, axis=alt.Axis(format=".1%", tickCount=5), scale=alt.Scale(domainMin=0))
    tooltip = [
        alt.Tooltip("at:T", title=tr("Batch end"), format="%Y-%m-%d %H:%M"),
        alt.Tooltip("share:Q", title=tr("Flagged"), format=".2%"),
        alt.Tooltip("rows:Q", title=tr("Rows"), format=","),
    ]
    base = alt.Chart(data).encode(day_axis(), y)
    layers = [base.mark_line(color=ACCENT, strokeWidth=2), base.mark_point(size=55, filled=True, opacity=1, color=ACCENT).encode(tooltip=tooltip)]
    if max_fpr is not None:
        layers.insert(0, limit_rule("share", max_fpr).encode(y))
    return without_frame(alt.layer(*layers).properties(height=HEIGHT))


def calibration_chart(levels: Sequence[Mapping[str, float]], max_fpr: float | None) -> Chart:
    """Plot flagged shares over nominal false positive rates, both on logarithmic scales; on the dashed diagonal they are equal."""
    names = {"held_back": tr("Calibration rows"), "newest": tr("Newest batch")}
    rows = [
        {"max_fpr": level["max_fpr"], "share": level[name], "series": series}
        for name, series in names.items()
        for level in levels
        if level.get(name)  # a share of 0 has no place on a logarithmic scale
    ]
    data = pl.DataFrame(rows, schema={"max_fpr": pl.Float64, "share": pl.Float64, "series": pl.String})
    axis = alt.Axis(format=".1%", values=[0.001, 0.01, 0.1, 0.5])
    scale = alt.Scale(type="log", domain=[0.0005, 1])
    x = alt.X("max_fpr:Q", title=tr("Nominal false positive rate"), scale=scale, axis=axis)
    y = alt.Y("share:Q", title=tr("Flagged"), scale=scale, axis=axis)
    colour = alt.Color("series:N", scale=alt.Scale(domain=list(names.values()), range=[ACCENT, WARN]), legend=top_legend())
    diagonal = alt.Chart(pl.DataFrame({"max_fpr": [0.0005, 1.0], "share": [0.0005, 1.0]})).mark_line(color=NEUTRAL, strokeDash=[4, 3], strokeWidth=1)
    series = alt.Chart(data).encode(x, y, colour)
    points = series.mark_point(size=45, filled=True, opacity=1).encode(tooltip=_calibration_tooltip())
    layers = [diagonal.encode(x, y), series.mark_line(strokeWidth=2), points]
    if max_fpr is not None:
        layers.append(limit_rule("max_fpr", max_fpr).encode(x))
    return without_frame(alt.layer(*layers).properties(height=HEIGHT))


def _calibration_tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("series:N", title=tr("Rows")),
        alt.Tooltip("max_fpr:Q", title=tr("Nominal false positive rate"), format=".1%"),
        alt.Tooltip("share:Q", title=tr("Flagged"), format=".2%"),
    ]


def contribution_bars(columns: Sequence[tuple[str, float]]) -> Chart:
    """Plot the mean contribution of each column, largest first."""
    data = pl.DataFrame(list(columns), schema={"column": pl.String, "contribution": pl.Float64}, orient="row")
    tooltip = [alt.Tooltip("column:N", title=tr("Column")), alt.Tooltip("contribution:Q", title=tr("Contribution"), format=".3f")]
    y = alt.Y("column:N", title=None, sort=None, axis=alt.Axis(labelLimit=160))
    base = alt.Chart(data).encode(y=y, x=alt.X("contribution:Q", title=tr("Mean contribution")), tooltip=tooltip)
    return without_frame(alt.layer(base.mark_bar(cornerRadiusEnd=3, height=14, color=ACCENT)).properties(height=max(HEIGHT, 24 * data.height)))


def point_cloud(points: Sequence[tuple[float, float, float]], max_fpr: float) -> Chart:
    """Plot rows as the model places them; flagged ones are red and larger."""
    labels = {True: tr("Flagged"), False: tr("Not flagged")}
    rows = [{"x": x, "y": y, "p": p, "state": labels[p <= max_fpr]} for x, y, p in points]
    data = pl.DataFrame(rows, schema={"x": pl.Float64, "y": pl.Float64, "p": pl.Float64, "state": pl.String}).sort("p", descending=True)
    blank = alt.Axis(labels=False, ticks=False, title=None, domain=False, grid=False)
    axes = [kind(field, axis=blank, scale=alt.Scale(zero=False)) for kind, field in ((alt.X, "x:Q"), (alt.Y, "y:Q"))]
    colour = alt.Color("state:N", scale=alt.Scale(domain=[labels[False], labels[True]], range=[ACCENT, BAD]), legend=top_legend())
    tooltip = [alt.Tooltip("p:Q", title="p", format=".2g"), alt.Tooltip("state:N", title=tr("State"))]
    size = alt.condition(alt.datum.p <= max_fpr, alt.value(70), alt.value(25))
    return without_frame(alt.layer(alt.Chart(data).mark_circle(opacity=0.65).encode(*axes, colour, size=size, tooltip=tooltip)).properties(height=HEIGHT))
