"""Draw the download and the import of labels as CSV."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard.data.labels import Labels
from dashboard.data.shop import Shop
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.export import BYTE_ORDER_MARK
from dashboard.widgets.label_acts import file_request
from dashboard.widgets.signature import draw_act
from sluice.domain import ANSWER, LABEL_COLUMNS, CorrectedCell
from sluice.errors import SluiceError
from sluice.messages import error_message
from sluice.sheets.formulas import defused, undefused
from sluice.store.label_file import parse_labels


def draw_label_file(shop: Shop, dataset: str, labels: Labels, by: str) -> None:
    """Draw the panel."""
    with st.expander(tr("Labels as a file")):
        st.caption(tr("One line for each corrected cell, and one with * for each row that was looked at. Personal columns are not in it."))
        content = export_labels(labels.lines)
        st.download_button(
            tr("Download the labels"), content, f"labels-{dataset}.csv", "text/csv", on_click="ignore", disabled=labels.lines.is_empty(), key="label_download"
        )
        file = st.file_uploader(tr("Import labels"), ["csv"], key=f"label_upload {dataset} {st.session_state.get('labels_imported', 0)}")
        if file is not None:
            _draw_import(shop, dataset, labels, file.getvalue(), by)


def _draw_import(shop: Shop, dataset: str, labels: Labels, content: bytes, by: str) -> None:
    """Draw what a file holds, and have it written once the button is clicked."""
    try:
        lines = import_lines(content)
    except SluiceError as error:
        st.error(render_message(error_message(error)))
        return
    rows = lines["row"].unique(maintain_order=True).to_list()
    replaced = len(set(rows) & set(labels.lines["row"]))
    st.caption(
        tr("{lines} lines about {rows} rows; the labels of {replaced} of these rows are replaced.", lines=lines.height, rows=len(rows), replaced=replaced)
    )
    text = ntr("Import the labels of {count} row", "Import the labels of {count} rows", len(rows))
    clicked = draw_act(text, shop, "import_labels", dataset, key="label_import", primary=True, disabled=not rows, width="content")
    if clicked and file_request(shop, "import_labels", dataset, by, rows, _cells(lines)) is not None:
        st.session_state["labels_imported"] = st.session_state.get("labels_imported", 0) + 1  # another uploader, without the file
        st.rerun()


def export_labels(lines: pl.DataFrame) -> bytes:
    """Return lines of labels as CSV that a spreadsheet opens safely; `import_lines` reads the same values from it."""
    names = [*LABEL_COLUMNS, *([ANSWER] if ANSWER in lines.columns else [])]
    return (BYTE_ORDER_MARK + lines.select(defused(lines[name], keep_numbers=True) for name in names).write_csv()).encode()


def import_lines(content: bytes) -> pl.DataFrame:
    """Return the lines of a file that a person uploads.

    Raises:
        UsageError: It is no CSV in UTF-8, or lacks a column.
    """
    lines = parse_labels(content.removeprefix(BYTE_ORDER_MARK.encode()), "CSV")
    return lines.select(undefused(lines[name]) for name in LABEL_COLUMNS).drop_nulls(["row", "column"])


def _cells(lines: pl.DataFrame) -> list[CorrectedCell]:
    return [CorrectedCell(row, column, value or "") for row, column, value in lines.iter_rows()]
