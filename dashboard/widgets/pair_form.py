"""Draw two products of which a person says whether they are one, with a key for each answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from dashboard.data.products import Products, last_pair_label
from dashboard.data.shop import Shop
from dashboard.i18n.language import render_message, tr
from dashboard.widgets.layout import draw_empty, draw_table
from dashboard.widgets.request_form import name_needed
from dashboard.widgets.signature import acting_person, draw_act
from sluice.domain import DIFFERENT, SAME, CorrectedCell, PairToLabel, ProductPair, Request, RequestKind, product_pair
from sluice.errors import SluiceError, UsageError
from sluice.messages import error_message
from sluice.store.ids import new_id


def draw_pair(shop: Shop, dataset: str, products: Products, by: str) -> None:
    """Draw the pair to label next, and file what is answered."""
    pair = products.following(_skipped(dataset))
    if pair is None:
        draw_empty(tr("No pair waits for a label"), tr("Search again: what the labels teach decides, and other pairs are chosen."))
    else:
        _draw_products(pair)
    with st.container(horizontal=True):
        if pair is not None:
            _draw_answers(shop, dataset, pair, by)
        label = last_pair_label(shop, dataset, by, _answers(dataset))
        text = tr("Undo my last answer")
        if draw_act(text, shop, "undo_label_pair", dataset, key="pair_undo", icon=":material/undo:", disabled=label is None, width="content", shortcut="U"):
            _take_back(shop, label, by)


def file_request(
    shop: Shop, kind: RequestKind, dataset: str, by: str, rows: Sequence[str] = (), rule: str | None = None, cells: Sequence[CorrectedCell] = ()
) -> Request | None:
    """File a request about products, and return it; where it cannot be filed, draw why."""
    person = acting_person(shop)
    if not (name := person.name if person else by):
        st.warning(name_needed())
        return None
    try:
        return shop.store.requests.submit(Request(new_id(), kind, dataset, name, "", shop.now, tuple(rows), rule, person=person), cells)
    except SluiceError as error:
        st.warning(render_message(error_message(error)))
        return None


def _draw_products(pair: PairToLabel) -> None:
    if pair.probability is not None:
        st.caption(tr("One product with a probability of {probability:.0%}.", probability=pair.probability))
    rows = [{tr("Column"): name, pair.left: left, pair.right: right} for name, (left, right) in pair.cells.items()]
    draw_table(rows)


def _draw_answers(shop: Shop, dataset: str, pair: PairToLabel, by: str) -> None:
    answers = ((SAME, tr("One product"), "Y", ":material/check:"), (DIFFERENT, tr("Two products"), "N", ":material/close:"))
    for answer, text, shortcut, icon in answers:
        if draw_act(text, shop, "label_pair", dataset, key=f"pair_{answer}", icon=icon, primary=answer == SAME, width="content", shortcut=shortcut):
            _label(shop, dataset, (pair.left, pair.right), answer, by)
    if st.button(tr("Skip this pair"), icon=":material/skip_next:", shortcut="S", key="pair_skip"):
        _skipped(dataset).add((pair.left, pair.right))
        st.rerun()


def _label(shop: Shop, dataset: str, pair: ProductPair, answer: str, by: str) -> None:
    if (request := file_request(shop, "label_pair", dataset, by, pair, answer)) is not None:
        _answers(dataset).append(request.id)
        st.rerun()


def _take_back(shop: Shop, label: Request | None, by: str) -> None:
    """Take back the newest answer of a person, and ask about its pair again."""
    if label is None or not (_withdrawn(shop, label, by) or file_request(shop, "undo_label_pair", label.dataset, by, (label.id,)) is not None):
        return
    _skipped(label.dataset).discard(product_pair(*label.rows))
    st.rerun()


def _withdrawn(shop: Shop, label: Request, by: str) -> bool:
    """Cancel an answer that is not written yet; return False where it is."""
    person = acting_person(shop)
    with suppress(UsageError):
        shop.store.requests.cancel(label.id, by=person.name if person else by, person=person)
        return True
    return False


def _skipped(dataset: str) -> set[ProductPair]:
    """Return the pairs that were put back in this session."""
    pairs: set[ProductPair] = st.session_state.setdefault(f"pairs_skipped {dataset}", set())
    return pairs


def _answers(dataset: str) -> list[str]:
    """Return the ids of the requests with the answers of this session, in their order."""
    answers: list[str] = st.session_state.setdefault(f"pair_answers {dataset}", [])
    return answers
