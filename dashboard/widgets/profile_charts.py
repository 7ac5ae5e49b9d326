"""Plot what a column was like in each batch."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from dashboard.i18n.language import tr
from dashboard.widgets.charts import Chart, day_axis, without_frame
from dashboard.widgets.layout import ACCENT
from sluice.domain import QUANTILES, BatchProfile, ColumnProfile
from sluice.rules.profiles import read_quantiles

BAND = (0.05, 0.25, 0.5, 0.75, 0.95)  # shares of the rows whose quantiles are plotted
_NAMES = ("p5", "p25", "p50", "p75", "p95")
_HEIGHT = 190


def share_chart(history: Sequence[BatchProfile]) -> Chart:
    """Plot the share of rows without a value in each batch."""
    points = [(batch.at, batch.columns[0].nulls / batch.columns[0].rows) for batch in history if batch.columns[0].rows]
    return _line_chart(points, tr("Missing"), ".1%", 0.01)


def distinct_chart(history: Sequence[BatchProfile]) -> Chart:
    """Plot the number of distinct values in each batch."""
    return _line_chart([(batch.at, float(batch.columns[0].distinct)) for batch in history], tr("Distinct values"), ",.0f", 1.0)


def quantile_chart(history: Sequence[BatchProfile]) -> Chart | None:
    """Plot the median of each batch, with bands of the middle half and of nine tenths of the values; of texts those of their lengths.

    Times have none, since they pass with the days; nor has a column without a quantile.
    """
    points = [(batch.at, *values) for batch in history if (values := plotted_quantiles(batch.columns[0]))]
    if not points:
        return None
    data = pl.DataFrame(points, schema={"at": pl.Datetime("us", "UTC"), **dict.fromkeys(_NAMES, pl.Float64())}, orient="row")
    base, scale, axis = alt.Chart(data), alt.Scale(zero=False), alt.Axis(format=",.6~g")  # one length alone would read 36.000000
    tooltip = [_batch_tooltip(), *(alt.Tooltip(f"{name}:Q", title=f"{share:.0%}", format=",.6~g") for name, share in zip(_NAMES, BAND, strict=True))]
    layers = [
        base.mark_area(color=ACCENT, opacity=opacity).encode(day_axis(), alt.Y(f"{low}:Q", title=None, scale=scale, axis=axis), alt.Y2(f"{high}:Q"))
        for low, high, opacity in (("p5", "p95", 0.12), ("p25", "p75", 0.22))
    ]
    middle = alt.Y("p50:Q", title=None, scale=scale, axis=axis)
    layers.append(base.mark_line(color=ACCENT, strokeWidth=2).encode(day_axis(), middle))
    layers.append(base.mark_point(color=ACCENT, size=50, filled=True, opacity=1).encode(day_axis(), middle, tooltip=tooltip))
    return without_frame(alt.layer(*layers).properties(height=_HEIGHT))


def plotted_quantiles(profile: ColumnProfile) -> list[float]:
    """Return the quantiles at the shares `BAND` of numbers, or of the lengths of texts; none of times.

    Args:
        profile: Profile of a column.
    """
    quantiles: Sequence[float] = profile.lengths.quantiles if profile.lengths else []
    if profile.type in ("integer", "number"):
        quantiles = read_quantiles(profile)
    return [quantiles[QUANTILES.index(share)] for share in BAND] if quantiles else []


def _line_chart(points: Sequence[tuple[object, float]], title: str, form: str, least_top: float) -> Chart:
    data = pl.DataFrame(points, schema={"at": pl.Datetime("us", "UTC"), "value": pl.Float64()}, orient="row")
    y = alt.Y("value:Q", title=None, axis=alt.Axis(format=form), scale=alt.Scale(domain=[0, 1.1 * max(least_top, *(value for _, value in points))]))
    base = alt.Chart(data)
    dots = base.mark_point(size=50, filled=True, opacity=1, color=ACCENT)
    tooltip = [_batch_tooltip(), alt.Tooltip("value:Q", title=title, format=form)]
    layers = [base.mark_line(color=ACCENT, strokeWidth=2).encode(day_axis(), y), dots.encode(day_axis(), y, tooltip=tooltip)]
    return without_frame(alt.layer(*layers).properties(height=_HEIGHT))


def _batch_tooltip() -> alt.Tooltip:
    return alt.Tooltip("at:T", title=tr("Batch end"), format="%Y-%m-%d %H:%M")
