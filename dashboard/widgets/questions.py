"""Draw releases that wait for a confirmation: what each would do, why that is asked, and the buttons that answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import ntr, render_message, tr
from dashboard.widgets.key_cells import draw_keys
from dashboard.widgets.layout import draw_card_title, draw_messages
from dashboard.widgets.request_form import name_needed
from dashboard.widgets.signature import acting_person, draw_act, draw_name
from sluice.domain import Message, Request, RequestKind
from sluice.domain.message import SEVERAL
from sluice.errors import UsageError
from sluice.messages import error_message


def draw_questions(shop: Shop, kinds: Collection[RequestKind] = ("release", "correct", "undo")) -> None:
    """Draw a card for each request of some kinds that waits for a confirmation."""
    for request in cache.requests(shop):
        if request.state == "asked" and request.kind in kinds:
            with st.container(border=True):
                draw_question(shop, request)


def draw_question(shop: Shop, request: Request) -> None:
    """Draw what a release would do, and carry out the answer."""
    draw_card_title(_title(request), request.state)
    st.markdown(f"**{tr('Nothing is published yet: a person has to confirm it, because')}**")
    draw_messages(_messages(request, "questions"))
    st.markdown(f"**{tr('What it would do')}**")
    lines = _messages(request, "preview")
    draw_messages(lines)
    draw_keys(shop, request)
    by = draw_name(shop, f"confirm_by_{request.id}")
    confirm, withdraw = st.columns(2)
    if draw_act(_button(request, lines), shop, request.kind, request.dataset, key=f"confirm_{request.id}", place=confirm, primary=True):
        _answer(shop, shop.store.requests.confirm, request, by)
    if draw_act(tr("Withdraw"), shop, request.kind, request.dataset, key=f"withdraw_{request.id}", place=withdraw):
        _answer(shop, shop.store.requests.withdraw, request, by)


def _button(request: Request, lines: Sequence[Message]) -> str:
    """Return the text of the button that confirms a request."""
    if request.kind == "undo":
        restored = next((line.params["rows"] for line in lines if line.code == "preview_undo"), 0)
        return ntr("Restore {count} row", "Restore {count} rows", int(str(restored)))
    released = next((line.params["released"] for line in lines if line.code == "preview_rows"), 0)
    return ntr("Publish {count} row", "Publish {count} rows", int(str(released)))


def _title(request: Request) -> str:
    if request.kind == "undo":
        return tr("Confirm an undo of repairs in {dataset}", dataset=request.dataset)
    if request.kind == "correct":
        return tr("Confirm a correction in {dataset}", dataset=request.dataset)
    return tr("Confirm a release in {dataset}", dataset=request.dataset)


def _answer(shop: Shop, answer: Callable[..., Request], request: Request, by: str) -> None:
    """Record the answer, and draw the page anew; without a name or the role, draw a warning instead."""
    if not by:
        st.warning(name_needed())
        return
    person = acting_person(shop)
    try:
        answer(request.id, by=person.name if person else by, person=person)
    except UsageError as error:
        st.warning(render_message(error_message(error)))
        return
    st.rerun()


def _messages(request: Request, name: str) -> list[Message]:
    """Return the messages of one field of the answer."""
    value = request.answer.params.get(name)
    if isinstance(value, Message) and value.code == SEVERAL:
        value = value.params["messages"]
    return [part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, Message)]
