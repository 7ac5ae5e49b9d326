"""Draw the quarantine: held rows by dataset and reason, one row in detail, and the form to release or reject rows."""

from __future__ import annotations

import polars as pl
import streamlit as st
from polars import selectors as cs

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.data.viewer import schema_for_viewer
from dashboard.i18n.labels import label
from dashboard.i18n.language import render_message, tr
from dashboard.safety import masking
from dashboard.safety.escape import markdown
from dashboard.widgets.cell_table import cells_html, collect_cells
from dashboard.widgets.decision import draw_decision
from dashboard.widgets.download import draw_rows_download
from dashboard.widgets.formatting import NOTHING, format_count, format_time
from dashboard.widgets.layout import draw_card_title, draw_empty, draw_heading, draw_messages, require_shop
from dashboard.widgets.quarantine_filter import choose_filter
from dashboard.widgets.questions import draw_questions
from dashboard.widgets.request_form import draw_confirmation, draw_requests
from dashboard.widgets.row_keys import draw_row_keys
from dashboard.widgets.spreadsheet import draw_spreadsheet
from dashboard.widgets.table_width import grid_height, row_height, settings_of
from dashboard.widgets.undo import draw_undo
from sluice.domain import REASONS, RESERVED, ROW
from sluice.messages import reason_message
from sluice.store.dashboard_queries import PAGE_SIZE, QuarantinedRow, QuarantineFilter, all_quarantined

HEIGHT, REASON_WIDTH = 450, 400  # pixels of the table, and of the reasons in it, which are wrapped where they are longer


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Quarantine"), tr("Held rows and their reasons. Open a row, release it, or reject it for good."))
    draw_confirmation()
    draw_questions(shop)
    selection, reason = choose_filter(shop)
    total = cache.count(shop, selection)
    if total:
        (ticked, rows), opened = draw_rows(shop, selection, total), st.query_params.get("row")
        if selection.state == "held":
            draw_keys(shop, selection.dataset, rows, None if ticked else opened)
            draw_decision(shop, selection, reason, ticked, opened)
        chosen = ticked or ([opened] if opened else [])
        if len(chosen) == 1:
            draw_row(shop, selection.dataset, chosen[0])
        if selection.state == "held":
            draw_spreadsheet(shop, selection, total)
    else:
        draw_empty(tr("There are no rows here"), tr("No row is in this state. Choose another dataset, state or reason above."))
    st.subheader(tr("Requests"), anchor=False)
    draw_requests(shop, ("release", "correct", "reject", "undo_release", "undo_reject"), selection.dataset)
    draw_undo(shop, ("release", "correct", "reject"), dataset=selection.dataset)


def draw_rows(shop: Shop, selection: QuarantineFilter, total: int) -> tuple[list[str], list[str]]:
    """Draw one page of rows, and return the ids of the ticked ones, and of all on it."""
    place = st.container()
    pages = -(-total // PAGE_SIZE)
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        number = st.pagination(pages, key=f"page {selection}") if pages > 1 else 1
    rows = cache.quarantined(shop, selection, number)
    first = (number - 1) * PAGE_SIZE + 1
    last = first + rows.height - 1
    left.caption(tr("Rows {first} to {last} of {total}", first=format_count(first), last=format_count(last), total=format_count(total)))
    with right:
        draw_download(shop, selection)
    table = rows_table(shop, selection.dataset, rows)
    key = f"rows {selection} {number} {hash(tuple(rows[ROW]))}"  # other rows are another widget: ticks are positions in it
    reason = {tr("Reason"): REASON_WIDTH}
    lines = row_height(table.select(*reason), reason)
    event = place.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=grid_height(table.height, HEIGHT, lines),
        row_height=lines,
        column_config=settings_of(table.select(*reason), reason) if lines else None,
        placeholder=NOTHING,
        on_select="rerun",
        selection_mode="multi-row",
        key=key,
    )
    return [rows[ROW][position] for position in event.selection.rows], rows[ROW].to_list()


def draw_keys(shop: Shop, dataset: str, rows: list[str], opened: str | None) -> None:
    """Draw the keys that go through the rows; while rows are ticked, they decide on none."""
    quarantined = cache.row(shop, dataset, opened) if opened else None
    is_held = quarantined is not None and quarantined.state == "held"
    reasons = quarantined.row[REASONS].to_list()[0] or () if quarantined is not None and is_held else ()
    draw_row_keys(shop, dataset, rows, opened if is_held else None, [reason["name"] for reason in reasons])


def rows_table(shop: Shop, dataset: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows as a table: the reasons in words first, personal columns masked."""
    masked = masking.mask(rows, schema_for_viewer(shop, dataset)).with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S"))
    reasons = ["; ".join(render_message(reason_message(reason)) for reason in row or ()) for row in masked[REASONS].to_list()]
    return masked.select(pl.Series(tr("Reason"), reasons, dtype=pl.String), pl.exclude(*RESERVED), pl.col(ROW).alias(tr("Row")))


def draw_download(shop: Shop, selection: QuarantineFilter) -> None:
    """Draw the button for all rows of the filter; the file is made on demand."""
    name = f"quarantine-{selection.dataset}-{selection.state}.csv"
    draw_rows_download(shop, selection.dataset, name, lambda schema: masking.mask(all_quarantined(shop.store, selection), schema))


def draw_row(shop: Shop, dataset: str, row_id: str) -> None:
    """Draw one row: its reasons, and each cell as it arrived and as it is now."""
    quarantined = cache.row(shop, dataset, row_id)
    if quarantined is None:
        st.caption(tr("That row is not in the quarantine."))
        return
    with st.container(border=True):
        draw_card_title(tr("One row, cell by cell"), quarantined.state)
        st.text(f"{tr('Row')} {row_id}")
        st.page_link("views/row.py", label=tr("What happened to it"), icon=":material/timeline:", query_params={"row": row_id})
        draw_outcome(quarantined)
        reasons = masking.mask(quarantined.row, schema_for_viewer(shop, dataset))[REASONS].to_list()[0]
        draw_messages(map(reason_message, reasons or ()))
        if quarantined.rival is not None:
            st.caption(tr("Row {row} is published for this key.", row=markdown(quarantined.rival[ROW].item())))
        st.html(cells_html(collect_cells(quarantined.row, quarantined.repairs, schema_for_viewer(shop, dataset), quarantined.rival)))


def draw_outcome(quarantined: QuarantinedRow) -> None:
    """Draw who released or rejected the row, and why."""
    if quarantined.state != "held":
        person, why = markdown(quarantined.by), render_message(quarantined.reason)
        st.caption(f"{label(quarantined.state)} · {format_time(quarantined.at)} · {person} · {why}")


draw_page()
