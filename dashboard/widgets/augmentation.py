"""Draw what each kind of augmentation gave on validation data, and whether the towers learn with it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.data.model_card import Card, number, records, texts
from dashboard.i18n.language import tr
from dashboard.widgets.formatting import NOTHING
from dashboard.widgets.layout import draw_table


def draw_augmentation(card: Card) -> None:
    """Draw a row for each kind that was tried; nothing where none was."""
    if rows := augmentation_rows(card):
        st.markdown(f"**{tr('Augmentation of sequences')}**")
        draw_table(rows)


def augmentation_rows(card: Card) -> list[Mapping[str, object]]:
    """Return a row for each kind that was tried."""
    entry = card.get("augmentation")
    return [
        {
            tr("Kind"): texts(kind).get("kind", NOTHING),
            tr("Gain in NDCG@20"): NOTHING if (gave := number(kind.get("gave"))) is None else f"{gave:+.4f}",
            tr("Learned with"): tr("yes") if kind.get("kept") is True else NOTHING,
        }
        for kind in (records(entry.get("kinds")) if isinstance(entry, Mapping) else [])
    ]
