"""The rows that a detector flagged and that were published all the same: a page at a time, and all of them as a file."""

from __future__ import annotations

import polars as pl
import streamlit as st
from polars import selectors as cs

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.i18n.language import said, tr
from dashboard.safety import export, masking
from dashboard.widgets import layout
from sluice.domain import RESERVED, ROW
from sluice.store.detector_queries import PAGE_SIZE, FlagFilter, all_flags


def table(shop: Shop, dataset: str, rule: str, runs: pl.DataFrame) -> None:
    """Draw them.

    Args:
        shop: The shop.
        dataset: Whose rows.
        rule: The detector, or a way of one.
        runs: The batches that it judged, the oldest first: `run_id`, `at`.
    """
    st.subheader(tr("Flagged, and published"), anchor=False)
    labels: dict[str | None, str] = {None: tr("Every batch"), **{run: f"{layout.moment(at)} · {run}" for run, at in runs.select("run_id", "at").rows()[::-1]}}
    batch = st.selectbox(tr("Batch until"), list(labels), format_func=labels.__getitem__, key=f"flagged batch {dataset} {rule}")
    wanted = FlagFilter(dataset, rule, batch)
    counted = cache.flag_count(shop, wanted)
    if counted.flags:
        _browse(shop, wanted, counted.flags)
    else:
        st.caption(tr("No published row is flagged."))
    if counted.outdated:
        st.caption(tr("{rows} more have been changed or replaced since; choose their batch to see them as they were.", rows=layout.number(counted.outdated)))


def _browse(shop: Shop, wanted: FlagFilter, total: int) -> None:
    place, count = st.container(), -(-total // PAGE_SIZE)
    left, right = st.columns([3, 2], vertical_alignment="center")
    with left:
        number = st.pagination(count, key=f"page {wanted}") if count > 1 else 1
    flags = cache.flags(shop, wanted, number)
    first = (number - 1) * PAGE_SIZE + 1
    left.caption(tr("Rows {first} to {last} of {total}", first=layout.number(first), last=layout.number(first + flags.height - 1), total=layout.number(total)))
    place.dataframe(_shown(shop, wanted.dataset, flags), hide_index=True, width="stretch", height=300)
    with right:
        _download(shop, wanted)


def _shown(shop: Shop, dataset: str, flags: pl.DataFrame) -> pl.DataFrame:
    """The flags as they are put on the page: why first, personal columns masked."""
    masked = masking.mask_flags(flags, shop.schema(dataset)).with_columns(cs.datetime().dt.strftime("%Y-%m-%d %H:%M:%S"))
    why = pl.Series(tr("Why"), [said(each or "") for each in flags["_message"]], dtype=pl.String)
    told = [pl.col("_score").alias("p"), pl.col("_columns").list.join(", ").alias(tr("Columns")), pl.col("_expected").fill_null("").alias(tr("Expected"))]
    taken = (tr("Why"), "p", tr("Columns"), tr("Expected"), tr("Row"))
    cells = [pl.col(name).alias(f"{name} *" if name in taken else name) for name in flags.columns if name not in RESERVED and not name.startswith("_")]
    return masked.select(why, *told, *cells, pl.col(ROW).alias(tr("Row")))


def _download(shop: Shop, wanted: FlagFilter) -> None:
    """Offer all of them as a file, made when it is asked for."""

    def content() -> bytes:
        return export.to_csv(masking.mask_flags(all_flags(shop.store, wanted), shop.schema(wanted.dataset)))

    name = f"flagged-{wanted.dataset}-{wanted.detector}.csv".replace(":", "-")
    st.download_button(tr("Download all rows as CSV"), content, name, "text/csv", on_click="ignore", help=tr("Personal columns are masked."), width="stretch")
