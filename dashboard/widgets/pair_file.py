"""Draw the download and the import of labels of pairs as CSV."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard.data.shop import Shop
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.export import BYTE_ORDER_MARK
from dashboard.widgets.pair_form import file_request
from dashboard.widgets.signature import draw_act
from sluice.domain import ANSWER, PAIR_COLUMNS, CorrectedCell
from sluice.errors import SluiceError
from sluice.messages import error_message
from sluice.sheets.formulas import defused, undefused
from sluice.store.label_file import parse_labels


def draw_pair_file(shop: Shop, dataset: str, lines: pl.DataFrame, by: str) -> None:
    """Draw the panel."""
    with st.expander(tr("Labels as a file")):
        st.caption(tr("One line for each answer: the ids of two products, and yes or no."))
        content, empty = export_pairs(lines), lines.is_empty()
        st.download_button(tr("Download the labels"), content, f"pairs-{dataset}.csv", "text/csv", on_click="ignore", disabled=empty, key="pair_download")
        file = st.file_uploader(tr("Import labels"), ["csv"], key=f"pair_upload {dataset} {st.session_state.get('pairs_imported', 0)}")
        if file is not None:
            _draw_import(shop, dataset, file.getvalue(), by)


def _draw_import(shop: Shop, dataset: str, content: bytes, by: str) -> None:
    """Draw what a file holds, and have it written once the button is clicked."""
    try:
        lines = import_pairs(content)
    except SluiceError as error:
        st.error(render_message(error_message(error)))
        return
    text = ntr("Import the labels of {count} pair", "Import the labels of {count} pairs", lines.height)
    clicked = draw_act(text, shop, "import_pairs", dataset, key="pair_import", primary=True, disabled=lines.is_empty(), width="content")
    cell = CorrectedCell(dataset, "pairs", lines.write_csv())
    if clicked and file_request(shop, "import_pairs", dataset, by, lines["left"].unique().to_list(), cells=[cell]) is not None:
        st.session_state["pairs_imported"] = st.session_state.get("pairs_imported", 0) + 1  # another uploader, without the file
        st.rerun()


def export_pairs(lines: pl.DataFrame) -> bytes:
    """Return lines of labels as CSV that a spreadsheet opens safely; `import_pairs` reads the same values from it."""
    names = [*PAIR_COLUMNS, *([ANSWER] if ANSWER in lines.columns else [])]
    return (BYTE_ORDER_MARK + lines.select(defused(lines[name], keep_numbers=True) for name in names).write_csv()).encode()


def import_pairs(content: bytes) -> pl.DataFrame:
    """Return the lines of a file that a person uploads.

    Raises:
        UsageError: It is no CSV in UTF-8, or lacks a column.
    """
    lines = parse_labels(content.removeprefix(BYTE_ORDER_MARK.encode()), "CSV", PAIR_COLUMNS)
    return lines.select(undefused(lines[name]) for name in PAIR_COLUMNS).drop_nulls()
