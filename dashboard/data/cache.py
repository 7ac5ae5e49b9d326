"""What the pages read, kept until something in the shop changes: every entry is found by the shop's revision."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard.data.shop import Shop
from sluice.domain import Incident, Model, Request, Run
from sluice.store import dashboard_queries, detector_queries


def _revision(shop: Shop) -> str:
    return shop.revision


_keep = st.cache_data(max_entries=300, show_spinner=False, hash_funcs={Shop: _revision})


@_keep
def runs(shop: Shop) -> Sequence[Run]:
    """Every run of every kind and state, the oldest first."""
    return dashboard_queries.all_runs(shop.store)


@_keep
def verdicts(shop: Shop, run_id: str) -> Sequence[dashboard_queries.StoredVerdict]:
    """What every rule said of a run, phase by phase."""
    return dashboard_queries.run_verdicts(shop.store, run_id)


@_keep
def repairs(shop: Shop, dataset: str, run_id: str) -> pl.DataFrame:
    """How many cells of each column a run's cleaners repaired, or would have."""
    return dashboard_queries.repair_counts(shop.store, dataset, run_id)


@_keep
def count(shop: Shop, wanted: dashboard_queries.QuarantineFilter) -> int:
    """How many rows of the quarantine are wanted."""
    return dashboard_queries.count_rows(shop.store, wanted)


@_keep
def reasons(shop: Shop, wanted: dashboard_queries.QuarantineFilter) -> Sequence[dashboard_queries.HeldByRule]:
    """How many rows each rule holds, and holds alone."""
    return dashboard_queries.held_by_rule(shop.store, wanted)


@_keep
def quarantined(shop: Shop, wanted: dashboard_queries.QuarantineFilter, page: int) -> pl.DataFrame:
    """One page of the wanted rows, counted from 1."""
    return dashboard_queries.quarantine_page(shop.store, wanted, page)


@_keep
def row(shop: Shop, dataset: str, row_id: str) -> dashboard_queries.QuarantinedRow | None:
    """One row of the quarantine with all that is known of it."""
    return dashboard_queries.quarantined_row(shop.store, dataset, row_id)


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
    return dashboard_queries.all_models(shop.store)


@_keep
def detected(shop: Shop, dataset: str) -> pl.DataFrame:
    """What each detector said of each new batch, the oldest first."""
    return detector_queries.detector_verdicts(shop.store, dataset)


@_keep
def flag_count(shop: Shop, wanted: detector_queries.FlagFilter) -> detector_queries.FlagCounts:
    """How many flags are wanted."""
    return detector_queries.count_flags(shop.store, wanted)


@_keep
def flags(shop: Shop, wanted: detector_queries.FlagFilter, page: int) -> pl.DataFrame:
    """One page of the wanted flags, counted from 1."""
    return detector_queries.flag_page(shop.store, wanted, page)


@_keep
def published_row(shop: Shop, dataset: str, row_id: str) -> pl.DataFrame:
    """A published row; a frame without rows where it is not published."""
    return dashboard_queries.published_row(shop.store, dataset, row_id)
