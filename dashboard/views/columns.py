"""Draw what the columns of a dataset were like over its batches, and what moved between two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import tr
from dashboard.safety.escape import markdown
from dashboard.widgets.batch_names import batch_names
from dashboard.widgets.choice import choose, remember
from dashboard.widgets.formatting import format_count, format_share, format_time
from dashboard.widgets.layout import draw_choice, draw_empty, draw_heading, draw_messages, require_shop
from dashboard.widgets.profile_charts import distinct_chart, quantile_chart, share_chart
from dashboard.widgets.profile_tables import draw_sides, move_row, move_text
from sluice.domain import BatchProfile
from sluice.rules.profiles import Move, column_messages, compare_columns, compare_profiles


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Columns"), tr("What the columns of each batch were like, and what moved between two batches by more than chance."))
    dataset = st.selectbox(tr("Dataset"), list(shop.config.datasets), key="columns_dataset", bind="query-params")
    ends = cache.profile_ends(shop, dataset)
    if not ends:
        draw_empty(tr("No batch of this dataset has a profile"), tr("The next run keeps one for each batch, unless the dataset says profile: off."))
        return
    before, after = choose_batches(shop, dataset, ends)
    moves = compare_profiles(before, after) if before else []
    draw_moves(moves, before, dataset)
    if before:
        draw_messages(list(column_messages(compare_columns(before, after), (before.run, after.run))))
    draw_column(shop, dataset, before, after, moves[0].column if moves else "")


def choose_batches(shop: Shop, dataset: str, ends: Mapping[str, datetime]) -> tuple[BatchProfile | None, BatchProfile]:
    """Draw which batch is looked at, and which one it is compared with: the newest, and the one before, unless chosen."""
    runs = list(ends)
    linked = st.query_params.get("columns_run", "")
    if linked in ends and st.session_state.get("columns_linked") != linked:
        st.session_state["columns_linked"] = linked
        remember(f"columns_after {dataset}", linked)
    labels = batch_names(shop, ends)
    left, right = st.columns(2)
    after = choose(left.selectbox, tr("Batch, with its end"), runs[::-1], labels.__getitem__, f"columns_after {dataset}")
    position = runs.index(after)
    others = [*runs[:position][::-1], *runs[position + 1 :]]
    if not others:
        return None, cache.profile(shop, dataset, after)
    before = choose(right.selectbox, tr("Compared with"), others, labels.__getitem__, f"columns_before {dataset} {after}")
    return cache.profile(shop, dataset, before), cache.profile(shop, dataset, after)


def draw_moves(moves: Sequence[Move], before: BatchProfile | None, dataset: str) -> None:
    """Draw what moved, the largest move first; the column of the selected one is drawn below."""
    st.subheader(tr("What moved"), anchor=False)
    if before is None:
        st.caption(tr("There is no other batch to compare with yet."))
        return
    if not moves:
        st.caption(tr("Nothing moved by more than chance."))
        return
    key = f"moves {dataset} {before.run} {len(moves)}"
    selected = draw_choice([move_row(move) for move in moves], key)
    st.caption(tr("Size is the population stability index of the shares: 0.1 is notable, 0.25 large."))
    if selected is not None:
        st.markdown(markdown(f"{moves[selected].column}: {move_text(moves[selected])}"))
    if selected is not None and st.session_state.get("columns_selected") != (key, selected):
        st.session_state["columns_selected"] = (key, selected)
        st.session_state["column"] = moves[selected].column


def draw_column(shop: Shop, dataset: str, before: BatchProfile | None, after: BatchProfile, first: str) -> None:
    """Draw one column: its history, and both batches side by side; before one is chosen, the first that is named."""
    names = [one.column for one in after.columns]
    name = st.selectbox(tr("Column"), names, names.index(first) if first in names else 0, key="column", bind="query-params")
    chosen = after.column(name)
    if chosen is None:
        return
    history = cache.profile_history(shop, dataset, name)
    figures = {
        tr("Batches"): format_count(len(history)),
        tr("Rows"): format_count(chosen.rows),
        tr("Missing"): format_share(chosen.nulls, chosen.rows),
        tr("Distinct values"): format_count(chosen.distinct),
    }
    for place, (title, value) in zip(st.columns(len(figures)), figures.items(), strict=True):
        place.metric(title, value)
    if any(column.personal for column in shop.schema(dataset).columns if column.name == name):
        st.caption(tr("This column is personal: its values are counted, and none is kept."))
    draw_history(history)
    former = before.column(name) if before else None
    st.subheader(tr("{column} in both batches", column=markdown(name)) if former else tr("{column} in this batch", column=markdown(name)), anchor=False)
    draw_sides(former, chosen, (format_time(before.at) if before else tr("Before"), _title(after, before)))


def _title(after: BatchProfile, before: BatchProfile | None) -> str:
    """Return the title of the later batch: with its run where both end at one time, since two columns of a table need two names."""
    title = format_time(after.at)
    return f"{title} · {after.run}" if before and before.at == after.at else title


def draw_history(history: Sequence[BatchProfile]) -> None:
    """Draw the charts of a column over its batches."""
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{tr('Share of missing values')}**")
        st.altair_chart(share_chart(history), width="stretch")
    with right:
        st.markdown(f"**{tr('Distinct values')}**")
        st.altair_chart(distinct_chart(history), width="stretch")
    chart = quantile_chart(history)
    if chart is not None:
        is_text = history[-1].columns[0].lengths is not None
        st.markdown(f"**{tr('Characters of the texts') if is_text else tr('Quantiles')}**")
        st.altair_chart(chart, width="stretch")
        st.caption(tr("The line is the median, the bands hold the middle half and nine tenths."))


draw_page()
