"""The versions of a line of models as a table, and asking to go back to the one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.i18n.language import tr
from dashboard.widgets import layout, request_form
from sluice.domain import Model


def history(title: str, versions: Sequence[Model], line: Callable[[Model], Mapping[str, object]]) -> None:
    """Draw them.

    Args:
        title: What they are called.
        versions: The newest first.
        line: A version as a line of the table.
    """
    st.subheader(title, anchor=False)
    layout.table([line(each) for each in versions], "")


def roll_back(shop: Shop, versions: Sequence[Model], dataset: str, *, by: str, note: str) -> None:
    """A button that asks for the champion before to serve again; where there is none, it says so and cannot be clicked.

    Args:
        shop: The shop.
        versions: Of one line of models, the newest first; at least one.
        dataset: The dataset that the request is filed under.
        by: Who asks.
        note: Why.
    """
    earlier = any(each.state == "retired" for each in versions)
    lacking = None if earlier else tr("No earlier version has served.")
    if st.button(tr("Roll back"), help=lacking, disabled=not earlier, key=f"roll back {versions[0].name}", width="stretch"):
        request_form.file(shop, "rollback", dataset, by=by, note=note, model=versions[0].name)
