"""Say in which form a model is stored, and what that lost on validation data."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data.model_card import Card, number, numbers
from dashboard.i18n.language import tr
from dashboard.safety.escape import markdown


def draw_model_form(card: Card) -> None:
    """Draw the sentence; nothing where the card says nothing of a form."""
    if sentence := form_sentence(card):
        st.caption(sentence)


def form_sentence(card: Card) -> str:
    """Return the size of a model and its form; where another form was requested, why it was not taken."""
    size = card.get("size")
    if not isinstance(size, Mapping) or "form" not in size or number(size.get("bytes")) is None or number(size.get("plain")) is None:
        return ""
    lost = numbers(size, "lost")
    facts = {name: f"{max(0.0, lost.get(metric, 0.0)):.1%}" for name, metric in (("recall", "recall@20"), ("ndcg", "ndcg@20"))}  # a gain is chance
    form, requested, stored, plain = str(size["form"]), str(size.get("requested")), _mebibytes(size["bytes"]), _mebibytes(size["plain"])
    if form != "none":
        text = tr("Stored as {form}: {stored} MiB instead of {plain}.", form=markdown(form), stored=stored, plain=plain)
        return text + tr(" On validation data that lost {recall} of Recall@20 and {ndcg} of NDCG@20.", **facts) if lost else text
    if requested == "none" or not lost:
        return tr("Stored plain: {plain} MiB.", plain=plain)
    text = tr("Stored plain: {plain} MiB. As {form} it loses more on validation data than the limit allows:", plain=plain, form=markdown(requested))
    return text + tr(" {recall} of Recall@20 and {ndcg} of NDCG@20.", **facts)


def _mebibytes(count: object) -> str:
    return f"{(number(count) or 0) / 2**20:.2f}"
