"""Cache what the pages read until something in the shop changes: the shop's revision is part of every key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl
import streamlit as st

from dashboard.data.shop import Shop
from sluice.domain import (
    BatchProfile,
    Guarded,
    Incident,
    Message,
    Model,
    News,
    ProductMatches,
    RepairSelection,
    Request,
    RuleSuggestion,
    Run,
    ScoredBatch,
    SpellingGroup,
    StoredAlert,
)
from sluice.domain.exposures import ClickRate
from sluice.rules.repairs import sample
from sluice.rules.rule_history import RulePoint
from sluice.store import dashboard_queries, detector_queries, repair_queries
from sluice.store import row_life as row_lives
from sluice.store import rule_history as rule_histories
from sluice.store.activity import ActivityEntry
from sluice.store.find import Search
from sluice.store.find import find as find_value
from sluice.store.incidents import Occurrence
from sluice.store.today_queries import held_count, rejected_rows
from sluice.store.undoable import Undoable
from sluice.store.undoable import undoable as list_undoable
from sluice.wiring import canary as canaries
from sluice.wiring import exposures, likely_causes, spellings, today


def _revision(shop: Shop) -> str:
    return shop.revision


_cache = st.cache_data(max_entries=300, show_spinner=False, hash_funcs={Shop: _revision})
_brief_cache = st.cache_data(max_entries=50, ttl="1m", show_spinner=False, hash_funcs={Shop: _revision})  # what changes with time alone, too


@_brief_cache
def news(shop: Shop, since: datetime) -> Sequence[News]:
    """Return one sentence for each dataset, the worst first."""
    return today.news_of(shop.config, shop.store, since, shop.now)


@_cache
def quiet_note(shop: Shop) -> Message | None:
    """Return since when nothing is wrong."""
    return today.quiet_note(shop.config, shop.store)


@_cache
def held_counts(shop: Shop) -> Mapping[str, int]:
    """Return the number of rows that are held now, by dataset."""
    return {dataset: held_count(shop.store, dataset) for dataset in shop.config.datasets}


@_cache
def runs(shop: Shop) -> Sequence[Run]:
    """Return all runs of every kind and state, oldest first."""
    return dashboard_queries.all_runs(shop.store)


@_cache
def rejected(shop: Shop, run: Run) -> int:
    """Return how many rows of a run a person rejected."""
    return rejected_rows(shop.store.database, run.dataset, [run.id])[run.id]


@_cache
def guarded(shop: Shop, dataset: str) -> Sequence[Guarded]:
    """Return what was measured of how much of a dataset's declared columns is guarded, oldest first."""
    return [measured.limited_to(shop.schema(dataset).names) for measured in shop.store.guarded.of(dataset)]


@_brief_cache
def click_rates(shop: Shop) -> Sequence[ClickRate]:
    """Return the click-through rates of the versions of the recommender that were shown lately, the newest first."""
    return exposures.rates(shop.config, shop.store, shop.now)


@_brief_cache
def canary(shop: Shop) -> tuple[int, Message] | None:
    """Return the version of the recommender that some users get before it may become champion, and what their clicks say until now."""
    judged = canaries.canary_of(shop.config, shop.store, shop.now)
    return None if judged is None else (judged[0].version, judged[1].reason)


@_cache
def verdicts(shop: Shop, run_id: str) -> Sequence[dashboard_queries.StoredVerdict]:
    """Return the verdicts of a run, phase by phase."""
    return dashboard_queries.run_verdicts(shop.store, run_id)


@_cache
def repairs(shop: Shop, dataset: str, run_id: str) -> pl.DataFrame:
    """Return the number of cells that a run's cleaners repaired, or suggested to, by column."""
    return dashboard_queries.repair_counts(shop.store, dataset, run_id)


@_cache
def repaired_by(shop: Shop, dataset: str) -> pl.DataFrame:
    """Return which cleaners repaired which columns of a dataset, and how many cells."""
    return repair_queries.repaired_by(shop.store, dataset)


@_cache
def selected_repairs(shop: Shop, dataset: str, selection: RepairSelection, start: int, size: int) -> tuple[pl.DataFrame, repair_queries.RepairCounts]:
    """Return a part of the selected repairs that can be undone, the newest first, and how many there are in all."""
    selected = repair_queries.selected_repairs(shop.store, dataset, selection)
    repairs = repair_queries.of_published_rows(shop.store, dataset, selected)
    return repairs.reverse().slice(start, size), repair_queries.count_repairs(repairs, selected.height - repairs.height)


@_cache
def sampled_repairs(shop: Shop, dataset: str, selection: RepairSelection, size: int, seed: int) -> pl.DataFrame:
    """Return a random sample of the selected repairs that can be undone."""
    return sample(undoable_repairs(shop, dataset, selection), size, seed)


def undoable_repairs(shop: Shop, dataset: str, selection: RepairSelection) -> pl.DataFrame:
    """Return the selected repairs that can be undone; they are read anew."""
    return repair_queries.of_published_rows(shop.store, dataset, repair_queries.selected_repairs(shop.store, dataset, selection))


@_cache
def spelling_groups(shop: Shop, dataset: str, column: str) -> Sequence[SpellingGroup]:
    """Return the values of a column that are probably spellings of one thing; none of a column that holds no words."""
    return spellings.spelling_groups(shop.config, shop.store, dataset, column)


@_cache
def count(shop: Shop, selection: dashboard_queries.QuarantineFilter) -> int:
    """Return the number of quarantined rows that match a filter."""
    return dashboard_queries.count_rows(shop.store, selection)


@_cache
def reasons(shop: Shop, selection: dashboard_queries.QuarantineFilter) -> Sequence[dashboard_queries.HeldByRule]:
    """Return how many rows each rule holds, and holds alone."""
    return dashboard_queries.held_by_rule(shop.store, selection)


@_cache
def batches_of(shop: Shop, selection: dashboard_queries.QuarantineFilter) -> Mapping[str, int]:
    """Count the selected rows of the quarantine by the run that held them, the newest first."""
    return dashboard_queries.held_by_run(shop.store, selection)


@_cache
def columns_of(shop: Shop, selection: dashboard_queries.QuarantineFilter) -> Mapping[str, int]:
    """Count the selected rows of the quarantine by the columns to blame."""
    return dashboard_queries.held_by_column(shop.store, selection)


@_cache
def decidable(shop: Shop, selection: dashboard_queries.QuarantineFilter, limit: int) -> Sequence[str]:
    """Return the ids of at most `limit` selected rows that a decision is about."""
    return dashboard_queries.decidable_rows(shop.store, selection, limit)


@_cache
def quarantined(shop: Shop, selection: dashboard_queries.QuarantineFilter, page: int) -> pl.DataFrame:
    """Return one page of the rows that match a filter, counted from 1."""
    return dashboard_queries.quarantine_page(shop.store, selection, page)


@_cache
def row(shop: Shop, dataset: str, row_id: str) -> dashboard_queries.QuarantinedRow | None:
    """Return one quarantined row with its reasons, repairs and state."""
    return dashboard_queries.quarantined_row(shop.store, dataset, row_id)


@_cache
def row_life(shop: Shop, row_id: str) -> row_lives.RowLife | None:
    """Return what happened to a row; None where there is no such row."""
    return row_lives.row_life(shop.store, row_id)


@_cache
def find(shop: Shop, value: str, limit: int) -> Search:
    """Return where a value, a row, a file or a run is: of each place of a dataset so many matches at most."""
    return find_value(shop.store, value, limit)


@_cache
def requests(shop: Shop) -> Sequence[Request]:
    """Return all requests, newest first."""
    return shop.store.requests.all()


@_cache
def product_matches(shop: Shop, dataset: str) -> ProductMatches | None:
    """Return what was found last of products that may be one; None where nobody looked."""
    return shop.store.product_matches.of(dataset)


@_cache
def rule_history(shop: Shop, dataset: str, rule: str) -> Sequence[RulePoint]:
    """Return what a rule said of each published batch, the oldest first."""
    return rule_histories.rule_history(shop.store, dataset, rule)


@_cache
def profile_ends(shop: Shop, dataset: str) -> Mapping[str, datetime]:
    """Return the end of each batch that has a profile by its run, the oldest first."""
    return shop.store.profiles.ends(dataset)


@_cache
def profile(shop: Shop, dataset: str, run: str) -> BatchProfile:
    """Return the profile of a batch that has one."""
    return shop.store.profiles.batches(dataset, runs=[run])[0]


@_cache
def profile_history(shop: Shop, dataset: str, column: str) -> Sequence[BatchProfile]:
    """Return the profiles of a column, the oldest batch first."""
    return shop.store.profiles.batches(dataset, column)


@_cache
def scored_columns(shop: Shop, dataset: str) -> Sequence[str]:
    """Return the columns by whose values the batches of a dataset are scored."""
    return shop.store.value_scores.columns(dataset)


@_cache
def value_scores(shop: Shop, dataset: str, column: str, weeks: int) -> Sequence[ScoredBatch]:
    """Return the scores of batches by the values of a column, the oldest batch first."""
    return shop.store.value_scores.batches(dataset, column, weeks)


@_cache
def suggestions(shop: Shop, dataset: str) -> Sequence[RuleSuggestion]:
    """Return the rules that accepted batches of a dataset suggest."""
    return shop.store.suggestions.of(dataset)


@_brief_cache
def undoable(shop: Shop) -> Sequence[Undoable]:
    """Return the decisions that can be undone now, the newest first."""
    return list_undoable(shop.store, runs(shop), shop.now)


@_cache
def incidents(shop: Shop) -> Sequence[Incident]:
    """Return all incidents, the newest first."""
    return shop.store.incidents.all(resolved=True)


@_cache
def activity(shop: Shop, offset: int, limit: int) -> Sequence[ActivityEntry]:
    """Return a page of the activity log, the newest entries first."""
    return shop.store.activity.entries(limit=limit, offset=offset)


@_cache
def activity_count(shop: Shop) -> int:
    """Return the number of entries of the activity log."""
    return shop.store.activity.count()


@_cache
def alerts(shop: Shop, state: str | None, dataset: str | None, offset: int, limit: int | None) -> Sequence[StoredAlert]:
    """Return a page of the alerts of one state and dataset, or of all, the newest first."""
    return shop.store.outbox.all(state=state, dataset=dataset, offset=offset, limit=limit)


@_cache
def alert_count(shop: Shop, state: str | None, dataset: str | None) -> int:
    """Return the number of alerts of one state and dataset, or of all."""
    return shop.store.outbox.count(state=state, dataset=dataset)


@_cache
def occurrences(shop: Shop, incident: int) -> Sequence[Occurrence]:
    """Return what an incident's rule said of each new batch and audit since the incident began, the newest first."""
    return shop.store.incidents.own_occurrences(shop.store.incidents.get(incident))


@_cache
def likely_cause(shop: Shop, incident: int) -> Message | None:
    """Return which part of the data explains most failing rows of an incident."""
    return likely_causes.cause_of(shop.config, shop.store, shop.store.incidents.get(incident))


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
