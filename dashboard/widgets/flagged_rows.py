"""Draw the published rows that a detector flagged: a page at a time, and all of them as a file."""

from __future__ import annotations

import polars as pl
import streamlit as st
from polars import selectors as cs

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.data.viewer import schema_for_viewer
from dashboard.i18n.language import render_message, tr
from dashboard.safety import masking
from dashboard.widgets.batch_names import batch_names
from dashboard.widgets.choice import choose, propose
from dashboard.widgets.download import draw_rows_download
from dashboard.widgets.formatting import NOTHING, format_count
from dashboard.widgets.table_width import grid_height
from sluice.domain import RESERVED, ROW
from sluice.store.detector_queries import PAGE_SIZE, FlagFilter, all_flags


def draw_flagged_rows(shop: Shop, dataset: str, rule: str, runs: pl.DataFrame, *, newest: bool = False) -> None:
    """Draw the flagged rows of one detector.

    Args:
        shop: The shop.
        dataset: Name of the dataset.
        rule: The detector, or one of its patterns.
        runs: Batches that it judged, oldest first: `run_id`, `at`.
        newest: Whether the newest batch is chosen at first, in place of all.
    """
    st.subheader(tr("Flagged rows that were published"), anchor=False)
    batches = runs.select("run_id", "at").rows()[::-1]
    labels: dict[str | None, str] = {None: tr("All batches"), **batch_names(shop, dict(batches))}
    name = f"flagged batch {dataset} {rule}{' newest' if newest else ''}"
    if newest and batches:
        propose(name, batches[0][0])
    batch = choose(st.selectbox, tr("Batch"), list(labels), labels.__getitem__, name)
    selection = FlagFilter(dataset, rule, batch)
    counts = cache.flag_count(shop, selection)
    if counts.flags:
        _draw_page(shop, selection, counts.flags)
    else:
        st.caption(tr("No published row is flagged."))
    if counts.outdated:
        hint = tr("{rows} more rows were changed or replaced since; choose their batch to see them as they were.", rows=format_count(counts.outdated))
        st.caption(hint)


def _draw_page(shop: Shop, selection: FlagFilter, total: int) -> None:
    place, pages = st.container(), -(-total // PAGE_SIZE)
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        number = st.pagination(pages, key=f"page {selection}") if pages > 1 else 1
    flags = cache.flags(shop, selection, number)
    first = (number - 1) * PAGE_SIZE + 1
    last = first + flags.height - 1
    left.caption(tr("Rows {first} to {last} of {total}", first=format_count(first), last=format_count(last), total=format_count(total)))
    table = _table(shop, selection.dataset, flags)
    place.dataframe(table, hide_index=True, width="stretch", height=grid_height(table.height, 300), placeholder=NOTHING)
    with right:
        _draw_download(shop, selection)


def _table(shop: Shop, dataset: str, flags: pl.DataFrame) -> pl.DataFrame:
    """Return the flags as a table: the reason first, personal columns masked."""
    masked = masking.mask_flags(flags, schema_for_viewer(shop, dataset)).with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S"))
    reasons = [render_message(message or "") for message in masked["_message"]]
    why = pl.Series(tr("Reason"), reasons, dtype=pl.String)
    columns = pl.col("_columns").list.join(", ").alias(tr("Columns"))
    details = [pl.col("_score").alias("p"), columns, pl.col("_expected").fill_null("").alias(tr("Expected"))]
    taken = (tr("Reason"), "p", tr("Columns"), tr("Expected"), tr("Row"))
    cells = [pl.col(name).alias(f"{name} *" if name in taken else name) for name in flags.columns if name not in RESERVED and not name.startswith("_")]
    return masked.select(why, *details, *cells, pl.col(ROW).alias(tr("Row")))


def _draw_download(shop: Shop, selection: FlagFilter) -> None:
    """Draw the button for all flagged rows; the file is made on demand."""
    name = f"flagged-{selection.dataset}-{selection.detector}.csv".replace(":", "-")
    draw_rows_download(shop, selection.dataset, name, lambda schema: masking.mask_flags(all_flags(shop.store, selection), schema))
