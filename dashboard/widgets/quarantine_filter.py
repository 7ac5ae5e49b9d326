"""Draw the filters of the quarantine: dataset, state and reason, and, where there is a choice, the batch and the column to blame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.data import cache
from dashboard.data.shop import Shop
from dashboard.data.viewer import datasets_of, own_datasets
from dashboard.i18n.labels import choice_labels
from dashboard.i18n.language import tr
from dashboard.widgets.batch_names import file_of
from dashboard.widgets.choice import choose
from dashboard.widgets.formatting import format_count, format_time
from dashboard.widgets.reasons import reason_labels
from sluice.domain import Run
from sluice.store.dashboard_queries import ROW_STATES, HeldByRule, QuarantineFilter


def choose_filter(shop: Shop) -> tuple[QuarantineFilter, HeldByRule | None]:
    """Draw the filters, and return what they select with the chosen reason."""
    left, middle, right = st.columns([2, 2, 5])
    names = datasets_of(shop)
    dataset = left.selectbox(tr("Dataset"), names, _first_with_rows(cache.held_counts(shop), own_datasets(shop)), key="quarantine_dataset", bind="query-params")
    state = choose(middle.selectbox, tr("State"), ROW_STATES, choice_labels(ROW_STATES), "quarantine_state")
    reasons = {reason.rule: reason for reason in cache.reasons(shop, QuarantineFilter(dataset, state))}
    labels: dict[str | None, str] = {None: tr("All reasons"), **reason_labels(reasons.values())}
    rule = choose(right.selectbox, tr("Reason"), list(labels), labels.__getitem__, f"quarantine_rule_{dataset}_{state}")
    return _narrow(shop, QuarantineFilter(dataset, state, rule)), reasons.get(rule or "")


def _first_with_rows(held: Mapping[str, int], names: list[str]) -> int:
    """Return the position of the first dataset that holds rows, of those on which the viewer has a role; of the first dataset where none does."""
    return next((position for position, name in enumerate(names) if held.get(name)), 0)


def _narrow(shop: Shop, selection: QuarantineFilter) -> QuarantineFilter:
    """Draw the filters by batch and by column; without a choice between several, they are not drawn."""
    runs, columns = cache.batches_of(shop, selection), cache.columns_of(shop, selection)
    if len(runs) < 2 and len(columns) < 2:  # a choice is between two
        return selection
    left, right = st.columns([4, 5])
    key = f"{selection.dataset}_{selection.state}_{selection.rule}"
    batches: dict[str | None, str] = {None: tr("All batches"), **_batch_labels(shop, runs)}
    run = choose(left.selectbox, tr("Batch"), list(batches), batches.__getitem__, f"quarantine_batch_{key}")
    blamed: dict[str | None, str] = {None: tr("All columns"), **{name: f"{name} ({format_count(rows)})" for name, rows in columns.items()}}
    column = choose(right.selectbox, tr("Column to blame"), list(blamed), blamed.__getitem__, f"quarantine_column_{key}")
    return replace(selection, run=run, column=column)


def _batch_labels(shop: Shop, rows: Mapping[str, int]) -> dict[str | None, str]:
    runs = {run.id: run for run in cache.runs(shop)}
    return {name: f"{_batch_name(runs.get(name), name)} ({format_count(count)})" for name, count in rows.items()}


def _batch_name(run: Run | None, name: str) -> str:
    """Return the file of a batch, or of what else held its rows, and when it was read."""
    if run is None:
        return name
    return " · ".join([file_of(run), format_time(run.finished or run.at)])
