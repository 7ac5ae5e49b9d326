"""Draw the rows that a person labels, one after the other: which cells are wrong, and what should stand there."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.data.labels import Labels, labels_of
from dashboard.data.shop import Shop
from dashboard.data.viewer import datasets_of
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.safety.escape import markdown, message_markdown
from dashboard.widgets.label_acts import ask_about, present_row, skipped_rows
from dashboard.widgets.label_choice import draw_choice_of_rows, is_choosing
from dashboard.widgets.label_file import draw_label_file
from dashboard.widgets.label_form import draw_label_form, draw_near, draw_skip, draw_take_back
from dashboard.widgets.label_signs import quoted
from dashboard.widgets.layout import draw_empty, draw_heading, draw_table, require_shop
from dashboard.widgets.request_form import draw_requests
from dashboard.widgets.signature import draw_name
from sluice.config.label_settings import label_path, label_step
from sluice.domain import RequestKind, RowToLabel
from sluice.errors import SluiceError
from sluice.messages import error_message

KINDS: tuple[RequestKind, ...] = ("choose_rows", "label", "undo_label", "import_labels")


def draw_page() -> None:
    """Draw the page."""
    shop = require_shop()
    draw_heading(tr("Labels"), tr("Say of a few rows which cells are wrong. The cleaner cell_errors then repairs cells like them in later batches."))
    left, right = st.columns([2, 1])
    names = sorted(datasets_of(shop), key=lambda name: label_step(shop.config, name) is None)
    dataset = left.selectbox(tr("Dataset"), names, key="labels_dataset", bind="query-params")
    by = draw_name(shop, "label_by", right)
    try:
        labels = labels_of(shop, dataset)
    except SluiceError as error:
        st.error(message_markdown(render_message(error_message(error))))
        return
    draw_row(shop, dataset, labels, by)
    draw_conflicts(labels)
    if not labels.lines.is_empty():
        draw_declaration(shop, dataset)
    draw_label_file(shop, dataset, labels, by)
    with st.expander(tr("Requests")):
        draw_requests(shop, KINDS, dataset)


def draw_row(shop: Shop, dataset: str, labels: Labels, by: str) -> None:
    """Draw the row to label next, else the button that has rows chosen."""
    if is_choosing(shop, dataset):
        draw_choice_of_rows(shop, dataset, "", primary=True)
        return
    row = row_to_draw(dataset, labels)
    if row is None:
        title = tr("No row waits for a label") if labels.plan.rows else tr("No rows are chosen yet")
        draw_empty(title, tr("Sluice chooses twenty rows that teach most: each holds kinds of cells that no labelled row holds, suspicious ones first."))
        draw_choice_of_rows(shop, dataset, tr("Choose rows"), primary=True)
        st.caption(count_text(labels))
        draw_take_back(shop, dataset, by)
        return
    draw_state(labels, row)
    draw_label_form(shop, dataset, row, by)
    with st.container(horizontal=True):
        draw_skip(dataset, row)
        draw_take_back(shop, dataset, by)
        draw_choice_of_rows(shop, dataset, tr("Choose rows anew"), primary=False)
    draw_near(row)


def row_to_draw(dataset: str, labels: Labels) -> RowToLabel | None:
    """Return the row that is asked about; it stays until it is answered or put back."""
    present = next((row for row in labels.plan.rows if row.row == present_row(dataset)), None)
    row = present or labels.following(skipped_rows(dataset))
    ask_about(dataset, row.row if row else "")
    return row


def draw_state(labels: Labels, row: RowToLabel) -> None:
    """Draw how much the labels cover, what this row adds, and when to stop."""
    text = tr("The labels cover {covered:.0%} of the kinds of cells; this row adds {gain:.1%}.", covered=row.covered, gain=row.gain)
    st.progress(min(1.0, row.covered), f"{count_text(labels)} · {text}")
    if row.enough:
        st.success(tr("More labels hardly add anything: you can stop here. The next sluice run publishes the labels."), icon=":material/done_all:")
    if row.row in labels.rows:
        st.info(tr("Somebody has labelled this row meanwhile. Your answer is written beside theirs; skip the row to leave it as it is."))


def count_text(labels: Labels) -> str:
    """Return how many rows are labelled."""
    return ntr("{count} row is labelled", "{count} rows are labelled", len(labels.rows))


def draw_conflicts(labels: Labels) -> None:
    """Draw the answers that contradict each other."""
    if conflicts := labels.conflicts:
        st.warning(tr("Some labels contradict each other. Until one is corrected in the file, equal rows with different labels teach nothing."))
        draw_table(
            [
                {
                    tr("Column"): one.column,
                    tr("Row"): one.first,
                    tr("Right value"): quoted(one.first_value),
                    tr("Other row"): one.second,
                    tr("Its right value"): quoted(one.second_value),
                }
                for one in conflicts
            ]
        )


def draw_declaration(shop: Shop, dataset: str) -> None:
    """Draw what sluice.yaml lacks before the labels teach anything."""
    if label_step(shop.config, dataset) is not None:
        return
    file = label_path(shop.config, dataset)
    st.info(tr("No cleaner learns from the labels of {dataset} yet. Once rows are labelled, write this into sluice.yaml:", dataset=markdown(dataset)))
    name = file.relative_to(shop.config.root).as_posix() if file.is_relative_to(Path(shop.config.root)) else str(file)
    labels = f"{dataset}_labels"
    st.code(
        f"datasets:\n  {labels}:\n    source: {{files: {name}}}\n    mode: snapshot\n    key: [row, column, answer]\n"
        f"    columns: {{row: {{type: string}}, column: {{type: string}}, value: {{type: string}}, answer: {{type: string}}}}\n"
        f"  {dataset}:\n    clean:\n      - cell_errors: {{dataset: {labels}}}",
        language="yaml",
    )


draw_page()
