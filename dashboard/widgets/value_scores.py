"""Draw the scores of a dataset by the values of a column, week against week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import tr
from dashboard.widgets.choice import choose_segment
from dashboard.widgets.formatting import format_score
from dashboard.widgets.layout import draw_table
from sluice.rules.value_weeks import ValueHistory, compare_weeks

WEEKS = 8


def draw_value_scores(shop: Shop, dataset: str) -> None:
    """Draw the values of a column with their scores by week, the worst first; nothing where a dataset has no such scores."""
    columns = cache.scored_columns(shop, dataset)
    if not columns:
        return
    st.subheader(tr("Scores by value"), anchor=False)
    if len(columns) == 1:
        st.text(f"{tr('Column')}: {columns[0]}")
    column = columns[0] if len(columns) == 1 else choose_segment(tr("Column"), columns, str, f"scores_by_{dataset}")
    histories = compare_weeks(cache.value_scores(shop, dataset, column, WEEKS), column, WEEKS)
    weeks = sorted({week for history in histories for week in history.weeks})
    draw_table([value_row(history, weeks) for history in histories])
    st.caption(
        tr(
            "Scores of the rows as they arrived, by the rules about rows, the worst of the newest week first. A week is named by its Monday; rows, held and "
            "failing ones are those of the newest week of a value."
        )
    )


def value_row(history: ValueHistory, weeks: Sequence[date]) -> Mapping[str, object]:
    """Return the history of a value as a row of the table."""
    value = tr("All other values") if history.others else tr("No value") if history.value is None else history.value
    by_week = {week.isoformat(): format_score(history.weeks[week].score if week in history.weeks else None) for week in weeks}
    latest, change = history.latest, history.change
    counts = {tr("Rows"): latest.rows, tr("Held"): latest.held, tr("Failing rows"): latest.failing}
    return {tr("Value"): value, **by_week, tr("Change"): "" if change is None else f"{change:+.1f}", **counts}
