"""Draw the button that downloads rows: personal columns are masked for whom they are masked on the page, and who downloads them unmasked is recorded."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from dashboard.data.shop import Shop
from dashboard.data.viewer import schema_for_viewer, viewer
from dashboard.i18n.language import tr
from dashboard.safety import export
from sluice.domain import Message, Schema


def draw_rows_download(shop: Shop, dataset: str, name: str, rows: Callable[[Schema], pl.DataFrame]) -> None:
    """Draw the button; the file is made on demand.

    Args:
        shop: The shop.
        dataset: Dataset of the rows.
        name: Name of the file.
        rows: Returns the rows with the personal columns of a schema masked.
    """
    schema = schema_for_viewer(shop, dataset)
    plain = schema != shop.schema(dataset)
    content = downloading(shop, schema, viewer(shop) if plain else "", rows)
    note = tr("Personal columns are not masked for you; the download is recorded.") if plain else tr("Personal columns are masked.")
    st.download_button(tr("Download all rows as CSV"), content, name, "text/csv", on_click="ignore", help=note, width="stretch")


def downloading(shop: Shop, schema: Schema, person: str, rows: Callable[[Schema], pl.DataFrame]) -> Callable[[], bytes]:
    """Return what makes the file; a download of unmasked columns is an entry of the activity log before it leaves.

    Args:
        shop: The shop.
        schema: The schema whose personal columns are masked.
        person: Who downloads unmasked columns; empty where they are masked.
        rows: As in `draw_rows_download`.
    """

    def content() -> bytes:
        masked = rows(schema)
        if person:
            subject = Message.of("about_rows", dataset=schema.dataset, rows=masked.height)
            shop.store.activity.log(who=person, what="download unmasked", subject=subject.dumps(), at=shop.now)
        return export.to_csv(masked)

    return content
