"""Draw the versions of a registered model, and the button that requests a rollback."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard.data.shop import Shop
from dashboard.i18n.language import tr
from dashboard.widgets.layout import draw_table
from dashboard.widgets.request_form import submit_request
from dashboard.widgets.signature import draw_act
from sluice.domain import Model


def draw_versions(title: str, versions: Sequence[Model], table_row: Callable[[Model], Mapping[str, object]]) -> None:
    """Draw versions as a table.

    Args:
        title: Title above the table.
        versions: Versions, newest first.
        table_row: Function that returns a version as a row of the table.
    """
    st.subheader(title, anchor=False)
    draw_table([table_row(version) for version in versions])


def draw_rollback(shop: Shop, versions: Sequence[Model], dataset: str, *, by: str, note: str) -> None:
    """Draw a button that requests the champion before; it is disabled where there is none.

    Args:
        shop: The shop.
        versions: At least one version of one registered model, newest first.
        dataset: Dataset that the request is filed under.
        by: Name of the person.
        note: Their reason.
    """
    possible = any(version.state == "retired" for version in versions)
    hint = None if possible else tr("There is no earlier champion.")
    if draw_act(tr("Roll back"), shop, "rollback", dataset, key=f"roll back {versions[0].name}", disabled=not possible, help=hint):
        submit_request(shop, "rollback", dataset, by=by, note=note, model=versions[0].name)
