"""Draw which attributes of users and which context a model reads, and what each gave on validation data."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data.model_card import Card, number, records, texts
from dashboard.i18n.language import render_message, tr
from dashboard.widgets.formatting import NOTHING
from dashboard.widgets.layout import draw_table
from sluice.domain import Message


def draw_side_columns(card: Card) -> None:
    """Draw the columns of `users` and `context` for the user tower and the conversion model; nothing where the card names none."""
    conversion = card.get("conversion")
    for title, about, gain in (
        (tr("Attributes of users and context"), card, tr("Gain in NDCG@20")),
        (tr("Attributes of users and context, conversion model"), conversion if isinstance(conversion, Mapping) else {}, tr("Gain in log loss")),
    ):
        if rows := side_rows(about, gain):
            st.markdown(f"**{title}**")
            draw_table(rows)
            _draw_both(about, "NDCG@20" if about is card else tr("Log loss"))


def _draw_both(card: Card, metric: str) -> None:
    entry = card.get("side")
    before, after = (number(entry.get(name)) if isinstance(entry, Mapping) else None for name in ("without", "with"))
    if before is not None and after is not None:
        sentence = tr("{metric} on validation data: {before:.4f} without them, {after:.4f} with the useful ones.", metric=metric, before=before, after=after)
        st.caption(sentence)


def side_rows(card: Card, gain: str) -> list[Mapping[str, object]]:
    """Return a row for each column: whether the model reads it, what it gave, and why it is not read.

    Args:
        card: Card of the recommender, or its entry of the conversion model.
        gain: Title of the column of what was gained.
    """
    entry = card.get("side")
    columns = records(entry.get("columns")) if isinstance(entry, Mapping) else []
    return [
        {
            tr("Column"): texts(column).get("column", NOTHING),
            tr("Read by the model"): tr("yes") if column.get("kept") is True else NOTHING,
            gain: NOTHING if (gave := number(column.get("gave"))) is None else f"{gave:+.4f}",
            tr("Reason"): render_message(Message.of(reason)) if (reason := texts(column).get("reason")) else NOTHING,
        }
        for column in columns
    ]
