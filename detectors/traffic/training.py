"""Update the state of traffic detection batch by batch from accepted events."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

import polars as pl

from detectors.learning import history
from detectors.traffic import clock_skew
from detectors.traffic.click_farm import KnownUsers
from detectors.traffic.patterns import DetectionParameters
from detectors.traffic.price_mismatch import PriceHistory
from detectors.traffic.settings import TrafficSettings
from detectors.traffic.state import TrafficState
from sluice.domain import ROW, RUN, Artifact, Run
from sluice.errors import ModelError
from sluice.ports import Snapshot


def train(traffic: TrafficSettings, snapshot: Snapshot, *, seed: int) -> Artifact:
    """Learn from the accepted batches within the horizon.

    The prices of an earlier state are kept: of a catalog, only the newest snapshot can be read again.

    Raises:
        ModelError: There are too few rows.
    """
    count = int(snapshot.published(traffic.schema.dataset).select(pl.len()).collect().item())
    if count < traffic.min_rows:
        raise history.waiting_error(traffic.min_rows - count)
    start = replace(TrafficState.none(), prices=_prices(snapshot.model(traffic.name)))
    runs = _runs(traffic, snapshot)
    late = [run for run in runs if run.at > runs[-1].at - traffic.lookback]
    state = functools.reduce(TrafficState.after, _batches(traffic, snapshot, late), start)
    return _artifact(traffic, with_catalog_prices(traffic, state, snapshot), snapshot, count, seed)


def _prices(artifact: Artifact | None) -> PriceHistory:
    """Return the prices of an earlier state; none where it cannot be read."""
    try:
        return PriceHistory.none() if artifact is None else unpack_state(artifact.tensors).prices
    except ModelError:
        return PriceHistory.none()


def partial_fit(traffic: TrafficSettings, artifact: Artifact, snapshot: Snapshot, *, seed: int) -> Artifact:
    """Update a state with the batches that it has not seen; events that it flags in them are left out, unless they were released."""
    state = with_catalog_prices(traffic, unpack_state(artifact.tensors), snapshot)
    processed = frozenset(map(str, cast("Sequence[object]", artifact.card.get("seen", ()))))
    for run in [run for run in _runs(traffic, snapshot) if run.id not in processed]:
        for rows in _batches(traffic, snapshot, [run]):
            parameters = DetectionParameters(traffic.significance_level, traffic.min_similarity, traffic.min_group_size, traffic.min_items, run.at)
            odd = traffic.odd(rows, state, parameters) if run.kind != "release" else pl.Series(ROW, [], dtype=pl.String)
            state = state.after(rows.filter(~pl.col(ROW).is_in(odd.implode())))
    return _artifact(traffic, state, snapshot, int(str(artifact.card["rows"])), seed)


def known_users_only(traffic: TrafficSettings, snapshot: Snapshot) -> TrafficState:
    """Return a state that knows only which users were seen, while there is too little to learn from."""
    published = snapshot.published(traffic.schema.dataset)
    if traffic.user not in published.collect_schema().names():
        return TrafficState.none()
    users = published.select(user=pl.col(traffic.user).cast(pl.String)).unique().collect()
    return replace(TrafficState.none(), parts={**TrafficState.none().parts, "click_farm": KnownUsers.none().after(users)})


def with_catalog_prices(traffic: TrafficSettings, state: TrafficState, snapshot: Snapshot) -> TrafficState:
    """Return a state with the prices of the newest catalog."""
    runs = [run for run in snapshot.runs(traffic.dataset) if run.adds_rows] if traffic.dataset and traffic.price else []
    by, reference = traffic.key or traffic.item, traffic.reference_column or traffic.price
    if not runs or not {by, reference} <= set((catalog := snapshot.published(traffic.dataset)).collect_schema().names()):
        return state
    prices = catalog.select(item=pl.col(by).cast(pl.String), price=pl.col(reference).cast(pl.Float64, strict=False))
    return replace(state, prices=state.prices.after(prices.collect(), runs[-1].at))


@functools.lru_cache(maxsize=4)
def unpack_state(tensors: bytes) -> TrafficState:
    """States are kept at hand: a batch is judged up to three times by the same one.

    Raises:
        ModelError: The bytes are damaged, or not ours.
    """
    return TrafficState.unpack(tensors)


def _runs(traffic: TrafficSettings, snapshot: Snapshot) -> list[Run]:
    return [run for run in snapshot.runs(traffic.schema.dataset) if run.adds_rows and run.state == "published"]


def _batches(traffic: TrafficSettings, snapshot: Snapshot, runs: Iterable[Run]) -> Iterable[pl.DataFrame]:
    """Yield the visits of each run, one run at a time in memory; those of rows without a run all at once."""
    published = snapshot.published(traffic.schema.dataset)
    if RUN not in published.collect_schema().names():
        yield traffic.visits(published.collect()).rows
        return
    for run in runs:
        yield _past(traffic.visits(published.filter(pl.col(RUN) == run.id).collect()).rows, run.at)


def _past(rows: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Drop visits that lie ahead of now, since the newest are remembered longest."""
    return rows.filter((pl.col("time") <= pl.lit(now).dt.offset_by(f"{clock_skew.TOLERANCE:.0f}s")).fill_null(value=True)) if "time" in rows.columns else rows


def _artifact(traffic: TrafficSettings, state: TrafficState, snapshot: Snapshot, rows: int, seed: int) -> Artifact:
    runs = _runs(traffic, snapshot)
    card: dict[str, Any] = {
        "kind": "traffic",
        "basis": snapshot.id,
        "rows": rows,
        "runs": [{"id": run.id, "score": run.published.value} for run in runs],
        "seen": [run.id for run in runs],
        "metrics": {"events": float(history.count_accepted(snapshot, traffic.schema)), "prices": float(state.prices.versions.height)},
        "settings": traffic.settings_as_json(),
        "seed": seed,
    }
    return Artifact(state.pack(), card)
