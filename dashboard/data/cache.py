"""What the pages read, kept until something in the shop changes: every entry is found by the shop's revision."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard.data.shop import Shop
from sluice.domain import Incident, Model, Request, Run
from sluice.store import dashboard_queries as pages
from sluice.store import detector_queries as detections


def _revision(shop: Shop) -> str:
    return shop.revision


_keep = st.cache_data(max_entries=300, show_spinner=False, hash_funcs={Shop: _revision})


@_keep
def runs(shop: Shop) -> Sequence[Run]:
    """Every run of every kind and state, the oldest first."""
    return pages.runs(shop.store)


@_keep
def verdicts(shop: Shop, run_id: str) -> Sequence[pages.StoredVerdict]:
    """What every rule said of a run, phase by phase."""
    return pages.verdicts(shop.store, run_id)


@_keep
def repairs(shop: Shop, dataset: str, run_id: str) -> pl.DataFrame:
    """How many cells of each column a run's cleaners repaired, or would have."""
    return pages.repairs(shop.store, dataset, run_id)


@_keep
def count(shop: Shop, wanted: pages.Wanted) -> int:
    """How many rows of the quarantine are wanted."""
    return pages.count(shop.store, wanted)


@_keep
def reasons(shop: Shop, wanted: pages.Wanted) -> Sequence[pages.HeldFor]:
    """How many rows each rule holds, and holds alone."""
    return pages.reasons(shop.store, wanted)


@_keep
def quarantined(shop: Shop, wanted: pages.Wanted, page: int) -> pl.DataFrame:
    """One page of the wanted rows, counted from 1."""
    return pages.quarantined(shop.store, wanted, page)


@_keep
def row(shop: Shop, dataset: str, row_id: str) -> pages.QuarantinedRow | None:
    """One row of the quarantine with all that is known of it."""
    return pages.row(shop.store, dataset, row_id)


@_keep
def requests(shop: Shop) -> Sequence[Request]:
    """What people asked for, the newest first."""
    return shop.store.requests.all()


@_keep
def incidents(shop: Shop) -> Sequence[Incident]:
    """What keeps failing and is not resolved."""
    return shop.store.incidents.all()


@_keep
def models(shop: Shop) -> Sequence[Model]:
    """Every version of every line of models, the newest first."""
    return pages.models(shop.store)


@_keep
def detected(shop: Shop, dataset: str) -> pl.DataFrame:
    """What each detector said of each new batch, the oldest first."""
    return detections.detected(shop.store, dataset)


@_keep
def flag_count(shop: Shop, wanted: detections.Flagged) -> detections.Counted:
    """How many flags are wanted."""
    return detections.count(shop.store, wanted)


@_keep
def flags(shop: Shop, wanted: detections.Flagged, page: int) -> pl.DataFrame:
    """One page of the wanted flags, counted from 1."""
    return detections.page(shop.store, wanted, page)


@_keep
def published_row(shop: Shop, dataset: str, row_id: str) -> pl.DataFrame:
    """A published row; a frame without rows where it is not published."""
    return pages.published_row(shop.store, dataset, row_id)
