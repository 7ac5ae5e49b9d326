"""Cache what the pages read until something in the shop changes: the shop's revision is part of every key."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard.data.shop import Shop
from sluice.domain import Guarded, Incident, Model, Request, Run
from sluice.store import dashboard_queries, detector_queries


def _revision(shop: Shop) -> str:
    return shop.revision


_cache = st.cache_data(max_entries=300, show_spinner=False, hash_funcs={Shop: _revision})


@_cache
def runs(shop: Shop) -> Sequence[Run]:
    """Return all runs of every kind and state, oldest first."""
    return dashboard_queries.all_runs(shop.store)


@_cache
def guarded(shop: Shop, dataset: str) -> Sequence[Guarded]:
    """Return what was measured of how much of a dataset is guarded, oldest first."""
    return shop.store.guarded.of(dataset)


@_cache
def verdicts(shop: Shop, run_id: str) -> Sequence[dashboard_queries.StoredVerdict]:
    """Return the verdicts of a run, phase by phase."""
    return dashboard_queries.run_verdicts(shop.store, run_id)


@_cache
def repairs(shop: Shop, dataset: str, run_id: str) -> pl.DataFrame:
    """Return the number of cells that a run's cleaners repaired, or suggested to, by column."""
    return dashboard_queries.repair_counts(shop.store, dataset, run_id)


@_cache
def count(shop: Shop, selection: dashboard_queries.QuarantineFilter) -> int:
    """Return the number of quarantined rows that match a filter."""
    return dashboard_queries.count_rows(shop.store, selection)


@_cache
def reasons(shop: Shop, selection: dashboard_queries.QuarantineFilter) -> Sequence[dashboard_queries.HeldByRule]:
    """Return how many rows each rule holds, and holds alone."""
    return dashboard_queries.held_by_rule(shop.store, selection)


@_cache
def quarantined(shop: Shop, selection: dashboard_queries.QuarantineFilter, page: int) -> pl.DataFrame:
    """Return one page of the rows that match a filter, counted from 1."""
    return dashboard_queries.quarantine_page(shop.store, selection, page)


@_cache
def row(shop: Shop, dataset: str, row_id: str) -> dashboard_queries.QuarantinedRow | None:
    """Return one quarantined row with its reasons, repairs and state."""
    return dashboard_queries.quarantined_row(shop.store, dataset, row_id)


@_cache
def requests(shop: Shop) -> Sequence[Request]:
    """Return all requests, newest first."""
    return shop.store.requests.all()


@_cache
def incidents(shop: Shop) -> Sequence[Incident]:
    """Return the incidents that are not resolved."""
    return shop.store.incidents.all()


@_cache
def models(shop: Shop) -> Sequence[Model]:
    """Return every version of every registered model, newest first."""
    return dashboard_queries.all_models(shop.store)


@_cache
def detected(shop: Shop, dataset: str) -> pl.DataFrame:
    """Return the verdicts of each detector on each new batch, oldest first."""
    return detector_queries.detector_verdicts(shop.store, dataset)


@_cache
def flag_count(shop: Shop, selection: detector_queries.FlagFilter) -> detector_queries.FlagCounts:
    """Return the number of flags that match a filter."""
    return detector_queries.count_flags(shop.store, selection)


@_cache
def flags(shop: Shop, selection: detector_queries.FlagFilter, page: int) -> pl.DataFrame:
    """Return one page of the flags that match a filter, counted from 1."""
    return detector_queries.flag_page(shop.store, selection, page)


@_cache
def published_row(shop: Shop, dataset: str, row_id: str) -> pl.DataFrame:
    """Return a published row; a frame without rows where it is not published."""
    return dashboard_queries.published_row(shop.store, dataset, row_id)
