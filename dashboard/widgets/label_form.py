"""Draw a row that a person labels: its suspects beside what they are compared with, a field for each cell, and one key for "the rest is right"."""

from __future__ import annotations

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.data.viewer import missing_role
from dashboard.i18n.language import render_message, tr
from dashboard.safety.escape import markdown, title_markdown
from dashboard.widgets.label_acts import corrected_cells, file_answer, skip, take_back, undoable_answer
from dashboard.widgets.label_signs import group_text, signs_text
from dashboard.widgets.layout import draw_table
from dashboard.widgets.signature import draw_act
from sluice.domain import RowToLabel, Suspect
from sluice.rules.people import NEEDED

_COLUMNS = 3  # fields beside each other
_LONG = 80  # characters from which a text gets several lines


def draw_label_form(shop: Shop, dataset: str, row: RowToLabel, by: str) -> None:
    """Draw the form of a row, and file what is answered."""
    with st.form(f"label_form {dataset} {row.row}", border=True):
        typed = _draw_suspects(dataset, row) | _draw_others(dataset, row)
        lacking = missing_role(shop, NEEDED["label"], dataset)
        hint = render_message(lacking) if lacking else tr("Cells that you changed get the value in their field.")
        answered = st.form_submit_button(
            tr("The rest is right"), type="primary", icon=":material/check:", shortcut="Enter", disabled=lacking is not None, help=hint, key="label_right"
        )
    if answered and lacking is None:
        file_answer(shop, dataset, row, corrected_cells(row, typed), by)


def draw_skip(dataset: str, row: RowToLabel) -> None:
    """Draw the button that puts a row back."""
    if st.button(tr("Skip this row"), icon=":material/skip_next:", shortcut="S", key="label_skip"):
        skip(dataset, row.row)
        st.rerun()


def draw_take_back(shop: Shop, dataset: str, by: str) -> None:
    """Draw the button that takes the last answer of a person back."""
    text, none = tr("Undo my last answer"), undoable_answer(shop, dataset, by) is None
    if draw_act(text, shop, "undo_label", dataset, key="label_undo", icon=":material/undo:", disabled=none, width="content", shortcut="U"):
        take_back(shop, dataset, by)


def draw_near(row: RowToLabel) -> None:
    """Draw a row beside those that have most in common with it."""
    if row.near:
        st.caption(tr("This row, and those that have most in common with it"))
        draw_table([dict(cells) for cells in (row.cells, *row.near)])


def _draw_suspects(dataset: str, row: RowToLabel) -> dict[str, str]:
    typed = {}
    for name, suspect in row.suspects.items():
        typed[name] = _draw_field(dataset, row, name, ":material/warning:")
        st.markdown(_suspect_text(suspect))
    return typed


def _suspect_text(suspect: Suspect) -> str:
    return f":orange-badge[{markdown(signs_text(suspect))}] :small[{markdown(group_text(suspect.group))}]"


def _draw_others(dataset: str, row: RowToLabel) -> dict[str, str]:
    names = [name for name in row.cells if name not in row.suspects]
    typed = {}
    for start in range(0, len(names), _COLUMNS):
        for place, name in zip(st.columns(_COLUMNS), names[start : start + _COLUMNS], strict=False):
            with place:
                typed[name] = _draw_field(dataset, row, name, None)
    return typed


def _draw_field(dataset: str, row: RowToLabel, name: str, icon: str | None) -> str:
    text, key = row.cells[name], f"label_cell {dataset} {row.row} {name}"
    if len(text) > _LONG or "\n" in text:
        title = f"{icon or ''} {title_markdown(name)}".strip()
        return str(st.text_area(title, text, key=key, height="content"))
    return str(st.text_input(title_markdown(name), text, key=key, icon=icon, placeholder=tr("empty")))
