"""File what a person says of a row, and take it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import streamlit as st

from dashboard.data.labels import last_answer
from dashboard.data.shop import Shop
from dashboard.i18n.language import render_message
from dashboard.widgets.request_form import name_needed
from dashboard.widgets.signature import acting_person
from sluice.domain import WHOLE_ROW, CorrectedCell, Request, RequestKind, RowToLabel, row_value
from sluice.errors import SluiceError, UsageError
from sluice.messages import error_message
from sluice.store.ids import new_id


def present_row(dataset: str) -> str:
    """Return the id of the row that is asked about; it stays, whatever others answer meanwhile, until it is answered or put back."""
    return str(st.session_state.get(f"label_row {dataset}", ""))


def ask_about(dataset: str, row: str) -> None:
    """Ask about a row from now on; about the first one that is left where it is empty."""
    st.session_state[f"label_row {dataset}"] = row


def skipped_rows(dataset: str) -> set[str]:
    """Return the ids of the rows that were put back in this session."""
    rows: set[str] = st.session_state.setdefault(f"label_skipped {dataset}", set())
    return rows


def skip(dataset: str, row: str) -> None:
    """Put a row back for this session."""
    skipped_rows(dataset).add(row)
    ask_about(dataset, "")


def corrected_cells(row: RowToLabel, typed: Mapping[str, str]) -> dict[str, str]:
    """Return the right values of the cells that were changed; blanks at the ends of what was typed do not count."""
    return {name: text.strip() for name, text in typed.items() if text != row.cells[name] and text.strip() != row.cells[name]}


def file_answer(shop: Shop, dataset: str, row: RowToLabel, corrected: Mapping[str, str], by: str) -> None:
    """Ask that an answer is written, and go on with the next row."""
    lines = [CorrectedCell(row.row, WHOLE_ROW, row_value(row.cells)), *(CorrectedCell(row.row, name, text) for name, text in corrected.items())]
    if (request := file_request(shop, "label", dataset, by, (row.row,), lines)) is not None:
        _answers(dataset).append(request.id)
        ask_about(dataset, "")
        st.rerun()


def undoable_answer(shop: Shop, dataset: str, by: str) -> Request | None:
    """Return the newest answer of a person; None where none can be taken back."""
    return last_answer(shop, dataset, by, _answers(dataset))


def take_back(shop: Shop, dataset: str, by: str) -> None:
    """Take back the newest answer of a person, and ask about its row again."""
    label = undoable_answer(shop, dataset, by)
    if label is None or not (_withdrawn(shop, label, by) or _undone(shop, label, by)):
        return
    skipped_rows(dataset).discard(label.rows[0])
    ask_about(dataset, label.rows[0])
    st.rerun()


def _answers(dataset: str) -> list[str]:
    """Return the ids of the requests with the labels of this session, in the order of the labels."""
    answers: list[str] = st.session_state.setdefault(f"label_answers {dataset}", [])
    return answers


def file_request(shop: Shop, kind: RequestKind, dataset: str, by: str, rows: Sequence[str] = (), cells: Sequence[CorrectedCell] = ()) -> Request | None:
    """File a request about labels, and return it; where it cannot be filed, draw why."""
    person = acting_person(shop)
    if not (name := person.name if person else by):
        st.warning(name_needed())
        return None
    request = Request(new_id(), kind, dataset, name, "", shop.now, tuple(rows), person=person)
    try:
        return shop.store.requests.submit(request, cells)
    except SluiceError as error:
        st.warning(render_message(error_message(error)))
        return None


def _withdrawn(shop: Shop, label: Request, by: str) -> bool:
    """Cancel an answer that is not written yet; return False where it is."""
    person = acting_person(shop)
    with suppress(UsageError):
        shop.store.requests.cancel(label.id, by=person.name if person else by, person=person)
        return True
    return False


def _undone(shop: Shop, label: Request, by: str) -> bool:
    return file_request(shop, "undo_label", label.dataset, by, (label.id,)) is not None
