"""Draw the repaired cells: filtered, sampled for a review, and undone one by one or all that a filter selects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.data.viewer import datasets_of, schema_for_viewer
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.widgets.choice import choose
from dashboard.widgets.formatting import NOTHING, format_count
from dashboard.widgets.layout import TICK, draw_empty, draw_heading, require_shop
from dashboard.widgets.questions import draw_questions
from dashboard.widgets.request_form import draw_confirmation, draw_requests, draw_signature, submit_request
from dashboard.widgets.signature import draw_act
from dashboard.widgets.table_width import ROOM, row_height, settings_of, widths_of
from sluice.domain import MASK, ROW, Message, RepairSelection, RequestKind
from sluice.rules.repairs import with_visible_blanks
from sluice.store.repair_queries import RepairCounts

SIZE = 100  # repairs on one page
SAMPLE = 30
KINDS: Sequence[RequestKind] = ("undo",)


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Repairs"), tr("Cells that cleaners changed. Look through a sample, and undo what is wrong by what it has in common."))
    draw_confirmation()
    draw_questions(shop, KINDS)
    dataset, selection = choose_repairs(shop)
    _, counts = cache.selected_repairs(shop, dataset, selection, 0, SIZE)
    if counts.repairs:
        draw_undo(shop, dataset, selection, counts, draw_repairs(shop, dataset, selection, counts))
    else:
        draw_empty(tr("There are no repairs here"), tr("No cell of a published row was repaired, or the filters leave none."))
    draw_elsewhere(counts)
    st.subheader(tr("Requests"), anchor=False)
    draw_requests(shop, KINDS, dataset)


def choose_repairs(shop: Shop) -> tuple[str, RepairSelection]:
    """Draw the filters, and return the dataset and what is selected."""
    first, second, third = st.columns(3)
    dataset = first.selectbox(tr("Dataset"), datasets_of(shop), key="repairs_dataset", bind="query-params")
    by = cache.repaired_by(shop, dataset)
    cleaners, columns = ([None, *by[name].unique().sort()] for name in ("cleaner", "column"))
    cleaner = choose(second.selectbox, tr("Cleaner"), cleaners, _or_all, f"repairs_cleaner_{dataset}")
    column = choose(third.selectbox, tr("Column"), columns, _or_all, f"repairs_column_{dataset}")
    old, new, confidence, day = st.columns(4)
    before, after = (
        place.text_input(title, key=f"repairs_{name}", help=tr("The whole value. Cells of personal columns are not searched.")).strip() or None
        for place, title, name in ((old, tr("Old value"), "old"), (new, tr("New value"), "new"))
    )
    least, most = confidence.slider(tr("Confidence"), 0.0, 1.0, (0.0, 1.0), 0.01, key="repairs_confidence")
    on = day.date_input(tr("Day of the batch"), value=None, key="repairs_day")
    run = st.query_params.get("run")
    bounds = (least if least > 0 else None, most if most < 1 else None)
    return dataset, RepairSelection(cleaner, column, *bounds, before, after, run, day=on if isinstance(on, dt.date) else None)


def draw_repairs(shop: Shop, dataset: str, selection: RepairSelection, counts: RepairCounts) -> list[str]:
    """Draw one page of repairs, or a sample; return the ids of the ticked ones."""
    sampled, number = st.columns([1, 3], vertical_alignment="center")
    seed = st.session_state.get("repairs_seed", 0)
    if sampled.toggle(tr("Random sample of {count}", count=SAMPLE), key="repairs_sampled"):
        repairs, key = cache.sampled_repairs(shop, dataset, selection, SAMPLE, seed), f"sample {selection} {seed}"
        if number.button(tr("Draw another sample"), icon=":material/casino:"):
            st.session_state["repairs_seed"] = seed + 1
            st.rerun()
    else:
        pages = -(-counts.repairs // SIZE)
        with number:
            page = st.pagination(pages, key=f"repairs {dataset} {selection}") if pages > 1 else 1
        repairs, key = cache.selected_repairs(shop, dataset, selection, (page - 1) * SIZE, SIZE)[0], f"repairs {selection} {page}"
    table = repairs_table(shop, dataset, repairs)
    key = f"{key} {dataset} {hash(tuple(repairs['repair_id']))}"  # other repairs are another widget: ticks are positions in it
    widths = widths_of(table, ROOM - TICK)
    event = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        placeholder=NOTHING,
        column_config=settings_of(table, widths),
        row_height=row_height(table, widths),
        on_select="rerun",
        selection_mode="multi-row",
        key=key,
    )
    st.caption(
        tr(
            "{repairs} repairs in {cells} cells of {rows} rows",
            repairs=format_count(counts.repairs),
            cells=format_count(counts.cells),
            rows=format_count(counts.rows),
        )
    )
    return [repairs["repair_id"][position] for position in event.selection.rows]


def draw_elsewhere(counts: RepairCounts) -> None:
    """Say how many repairs are not listed, and why."""
    if counts.elsewhere:
        text = ntr(
            "{count} more repair is of a row that is held, rejected or superseded. It cannot be undone, since the row is not published.",
            "{count} more repairs are of rows that are held, rejected or superseded. They cannot be undone, since the rows are not published.",
            counts.elsewhere,
        )
        st.caption(text)


def repairs_table(shop: Shop, dataset: str, repairs: pl.DataFrame) -> pl.DataFrame:
    """Return repairs as a table; the values of personal columns are masked."""
    personal = pl.col("column").is_in([column.name for column in schema_for_viewer(shop, dataset).columns if column.personal])
    values = [
        pl.when(personal).then(pl.lit(MASK)).otherwise(with_visible_blanks(name)).alias(title)
        for name, title in (("old", tr("Old value")), ("new", tr("New value")))
    ]
    reasons = [render_message(Message.loads(text)) if text else "" for text in repairs["message"].to_list()]
    names = [pl.col("column").alias(tr("Column")), *values, pl.col("cleaner").alias(tr("Cleaner")), pl.col("confidence").round(3).alias(tr("Confidence"))]
    return repairs.select(*names, pl.Series(tr("Reason"), reasons, dtype=pl.String), pl.col(ROW).alias(tr("Row")))


def draw_undo(shop: Shop, dataset: str, selection: RepairSelection, counts: RepairCounts, ticked: Sequence[str]) -> None:
    """Draw the panel that undoes the ticked repairs, else all that are selected."""
    with st.container(border=True):
        st.markdown(f"**{tr('Undo repairs')}**")
        if not ticked and selection.is_empty:
            st.caption(tr("Tick repairs in the table, or choose filters above, to undo them."))
            return
        by, note = draw_signature(shop)
        count = len(ticked) or counts.repairs
        text = ntr("Undo {count} repair", "Undo {count} repairs", count)
        if not ticked:
            text = ntr("Undo {count} repair of this filter", "Undo {count} repairs of this filter", count)
        if draw_act(text, shop, "undo", dataset, key="repairs_undo", icon=":material/undo:", width="content"):
            rows = ticked or cache.undoable_repairs(shop, dataset, selection)["repair_id"].to_list()
            submit_request(shop, "undo", dataset, by=by, note=note, rows=rows, ask=True)
        st.caption(tr("The cells get their old values. Where rows would then be held, nothing is done before you confirm it."))


def _or_all(name: str | None) -> str:
    return tr("All") if name is None else name


draw_page()
