"""List the decisions that can be undone now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sluice.domain import Request, Run
from sluice.rules.releases import request_id, settled_by, undo_refusal
from sluice.store.store import SqlStore


@dataclass(frozen=True, slots=True)
class Undoable:
    """Represent a decision that can be undone.

    Attributes:
        request: The request that was carried out.
        rows: Number of rows that are released or rejected by it now.
    """

    request: Request
    rows: int = 0


def undoable(store: SqlStore, runs: Sequence[Run], now: datetime) -> list[Undoable]:
    """Return the decisions that can be undone, the newest first: releases, rejections, overrides in force, the newest rollbacks, rules, mappings, merges.

    Args:
        store: The records.
        runs: Runs of all datasets, the oldest first.
        now: Time at which overrides are in force.
    """
    requests = [request for request in store.requests.all() if request.state == "done"]
    rows = {**_released(runs), **store.rejections.counts()}
    others = {*_overrides(store, requests, now), *_rollbacks(store, requests), *_rules(requests)}
    return [Undoable(request, rows.get(request.id, 0)) for request in requests if request.id in rows or request.id in others]


def _released(runs: Sequence[Run]) -> dict[str, int]:
    rows: dict[str, int] = {}
    for run in runs:
        if run.kind == "release" and run.state == "published" and not undo_refusal(run, runs):
            rows[request_id(run.id)] = rows.get(request_id(run.id), 0) + settled_by(run)
    return rows


def _overrides(store: SqlStore, requests: Sequence[Request], now: datetime) -> Iterator[str]:
    for dataset in {request.dataset for request in requests if request.kind == "override"}:
        override = store.decisions.override(dataset, now)
        matching = (request for request in requests if request.kind == "override" and request.dataset == dataset)
        yield from (request.id for request in matching if override and (request.by, request.until) == (override.by, override.expires))


def _rules(requests: Sequence[Request]) -> Iterator[str]:
    undone = {name for request in requests if request.kind in ("undo_change_rule", "undo_map_values", "undo_merge_products") for name in request.rows}
    yield from (request.id for request in requests if request.kind in ("change_rule", "map_values", "merge_products") and request.id not in undone)


def _rollbacks(store: SqlStore, requests: Sequence[Request]) -> Iterator[str]:
    newest = {request.model: request.id for request in reversed(requests) if request.kind == "rollback"}
    yield from (request for model, request in newest.items() if store.models.rolled_back(model) is not None)
