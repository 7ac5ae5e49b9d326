"""Charts of a detector, and what it promised: what it flagged over the runs, how it is calibrated, which columns are loud, and its rows as points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from dashboard.i18n.language import tr
from dashboard.widgets import layout
from dashboard.widgets.charts import Chart, day_axis, dressed

HEIGHT = 230


def promised(promise: object) -> str:
    """What a budget says, by the kind of its promise: `sure` and `fdr` are told as what they are, any other as an average."""
    labels = {"sure": tr("Promised at most"), "fdr": tr("Promised of the flagged rows")}
    return labels.get(str(promise), tr("Promised on average"))


def rates(runs: pl.DataFrame, budget: float | None) -> Chart:
    """The share of rows that were flagged of each run, and the budget as a rule.

    Args:
        runs: `at`, `rows`, `failed`.
        budget: The share that was promised, where there is one.
    """
    data = runs.filter(pl.col("rows") > 0).select("at", "rows", "failed", share=pl.col("failed") / pl.col("rows"))
    y = alt.Y("share:Q", title=None, axis=alt.Axis(format=".1%", tickCount=5), scale=alt.Scale(domainMin=0))
    tooltip = [
        alt.Tooltip("at:T", title=tr("Batch until"), format="%Y-%m-%d %H:%M"),
        alt.Tooltip("share:Q", title=tr("Flagged"), format=".2%"),
        alt.Tooltip("rows:Q", title=tr("Rows"), format=","),
    ]
    base = alt.Chart(data).encode(day_axis(), y)
    marks = [base.mark_line(color=layout.ACCENT, strokeWidth=2), base.mark_point(size=55, filled=True, opacity=1, color=layout.ACCENT).encode(tooltip=tooltip)]
    if budget is not None:
        marks.insert(0, alt.Chart(pl.DataFrame({"share": [budget]})).mark_rule(color=layout.BAD, strokeDash=[2, 3]).encode(y))
    return dressed(alt.layer(*marks).properties(height=HEIGHT))


def calibration(told: Sequence[Mapping[str, float]], budget: float | None) -> Chart:
    """Budgets against the shares that were flagged, both on scales of powers of ten: on the dashed line a promise is kept to the letter."""
    names = {"held_back": tr("Held-back rows"), "newest": tr("Newest batch")}
    rows = [
        {"budget": each["budget"], "share": each[name], "series": label}
        for name, label in names.items()
        for each in told
        if each.get(name)  # none flagged has no place on the scale
    ]
    data = pl.DataFrame(rows, schema={"budget": pl.Float64, "share": pl.Float64, "series": pl.String})
    axis = alt.Axis(format=".1%", values=[0.001, 0.01, 0.1, 0.5])
    scale = alt.Scale(type="log", domain=[0.0005, 1])
    x, y = alt.X("budget:Q", title=tr("Budget"), scale=scale, axis=axis), alt.Y("share:Q", title=tr("Flagged"), scale=scale, axis=axis)
    colour = alt.Color(
        "series:N", scale=alt.Scale(domain=list(names.values()), range=[layout.ACCENT, layout.WARN]), legend=alt.Legend(title=None, orient="top")
    )
    tooltip = [
        alt.Tooltip("series:N", title=tr("Rows")),
        alt.Tooltip("budget:Q", title=tr("Budget"), format=".1%"),
        alt.Tooltip("share:Q", title=tr("Flagged"), format=".2%"),
    ]
    kept = alt.Chart(pl.DataFrame({"budget": [0.0005, 1.0], "share": [0.0005, 1.0]})).mark_line(color=layout.NEUTRAL, strokeDash=[4, 3], strokeWidth=1)
    lines = alt.Chart(data).encode(x, y, colour)
    marks = [kept.encode(x, y), lines.mark_line(strokeWidth=2), lines.mark_point(size=45, filled=True, opacity=1).encode(tooltip=tooltip)]
    if budget is not None:
        marks.append(alt.Chart(pl.DataFrame({"budget": [budget]})).mark_rule(color=layout.BAD, strokeDash=[2, 3]).encode(x))
    return dressed(alt.layer(*marks).properties(height=HEIGHT))


def columns(told: Sequence[tuple[str, float]]) -> Chart:
    """The mean surprise of each column, the loudest first."""
    data = pl.DataFrame(list(told), schema={"column": pl.String, "surprise": pl.Float64}, orient="row")
    tooltip = [alt.Tooltip("column:N", title=tr("Column")), alt.Tooltip("surprise:Q", title=tr("Surprise"), format=".3f")]
    y = alt.Y("column:N", title=None, sort=None, axis=alt.Axis(labelLimit=160))
    base = alt.Chart(data).encode(y=y, x=alt.X("surprise:Q", title=tr("Mean surprise")), tooltip=tooltip)
    return dressed(alt.layer(base.mark_bar(cornerRadiusEnd=3, height=14, color=layout.ACCENT)).properties(height=max(HEIGHT, 24 * data.height)))


def points(told: Sequence[tuple[float, float, float]], budget: float) -> Chart:
    """Rows as the model sees them: the rarer, the redder and the larger."""
    words = {True: tr("Flagged"), False: tr("Usual")}
    rows = [{"x": x, "y": y, "p": p, "state": words[p <= budget]} for x, y, p in told]
    data = pl.DataFrame(rows, schema={"x": pl.Float64, "y": pl.Float64, "p": pl.Float64, "state": pl.String}).sort("p", descending=True)
    blank = alt.Axis(labels=False, ticks=False, title=None, domain=False, grid=False)
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=[words[False], words[True]], range=[layout.ACCENT, layout.BAD]), legend=alt.Legend(title=None, orient="top")
    )
    tooltip = [alt.Tooltip("p:Q", title="p", format=".2g"), alt.Tooltip("state:N", title=tr("State"))]
    size = alt.condition(alt.datum.p <= budget, alt.value(70), alt.value(25))
    marks = (
        alt.Chart(data)
        .mark_circle(opacity=0.65)
        .encode(
            alt.X("x:Q", axis=blank, scale=alt.Scale(zero=False)), alt.Y("y:Q", axis=blank, scale=alt.Scale(zero=False)), colour, size=size, tooltip=tooltip
        )
    )
    return dressed(alt.layer(marks).properties(height=HEIGHT))
