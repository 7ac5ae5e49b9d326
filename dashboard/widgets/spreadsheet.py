"""Draw the panel that corrects held rows in a spreadsheet: export the rows of the filter, import the filled-in sheet, see what was read, and submit it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.i18n.language import current_language, ntr, render_message, tr
from dashboard.widgets.choice import choose_segment
from dashboard.widgets.layout import draw_messages
from dashboard.widgets.request_form import submit_request
from dashboard.widgets.signature import draw_act, draw_name
from sluice.errors import SluiceError
from sluice.messages import error_message
from sluice.sheets.corrections import SheetCorrections
from sluice.sheets.write import SheetFormat, available_formats, write_sheet
from sluice.store.dashboard_queries import QuarantineFilter
from sluice.wiring.held_sheets import corrections_of, notes_of, sheet_of

_TYPES: Mapping[SheetFormat, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
_NAMES: Mapping[SheetFormat, str] = {"xlsx": "Excel", "csv": "CSV", "parquet": "Parquet"}
_READ = ["xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "txt", "parquet"]


def draw_spreadsheet(shop: Shop, selection: QuarantineFilter, total: int) -> None:
    """Draw the panel.

    Args:
        shop: The shop.
        selection: The held rows that are exported.
        total: Their number.
    """
    with st.container(border=True):
        st.markdown(f"**{tr('Correct in a spreadsheet')}**")
        st.caption(tr("Export the held rows, write the right values into the yellow cells, and import the file. Rows that pass all rules are published."))
        left, right = st.columns([2, 3])
        with left:
            _draw_export(shop, selection, total)
        with right:
            file = st.file_uploader(tr("Filled-in sheet"), _READ, key=f"sheet_{selection.dataset}_{st.session_state.get('sheets_imported', 0)}")
        if file is not None:
            _draw_import(shop, selection.dataset, file.getvalue())


def _draw_export(shop: Shop, selection: QuarantineFilter, total: int) -> None:
    form = choose_segment(tr("Format"), available_formats(), _NAMES.__getitem__, "sheet_format")
    language = current_language()

    def content() -> bytes:
        return write_sheet(sheet_of(shop.config, shop.store, selection.dataset, selection.rule, language), form)

    text = ntr("Export {count} held row", "Export {count} held rows", total)
    st.download_button(text, content, f"held-{selection.dataset}.{form}", _TYPES[form], on_click="ignore", help=tr("Personal columns are masked."))


def _draw_import(shop: Shop, dataset: str, content: bytes) -> None:
    """Draw what a sheet says, and submit its right values once the button is clicked."""
    try:
        sheet = corrections_of(shop.config, dataset, content)
    except SluiceError as error:
        st.error(render_message(error_message(error)))
        return
    draw_messages(notes_of(shop.config, shop.store, dataset, sheet, current_language()))
    by = draw_name(shop, "sheet_by")
    text = ntr("Check {count} corrected row, and publish it", "Check {count} corrected rows, and publish those that pass", len(sheet.rows))
    if sheet.rows and draw_act(text, shop, "correct", dataset, key="sheet_import", primary=True, width="content"):
        _submit(shop, dataset, sheet, by)


def _submit(shop: Shop, dataset: str, sheet: SheetCorrections, by: str) -> None:
    if by:
        st.session_state["sheets_imported"] = st.session_state.get("sheets_imported", 0) + 1  # another uploader, without the file
    submit_request(shop, "correct", dataset, by=by, note="", rows=sheet.rows, cells=sheet.cells, ask=True)
