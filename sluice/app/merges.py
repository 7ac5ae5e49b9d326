"""Give a product that is listed under several ids one of them in every table that refers to it, and take that back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from sluice import jobs
from sluice.app.app import App
from sluice.config.mappings import STEP, add_mapping, drop_mapping
from sluice.config.reverse import reverse
from sluice.config.text import difference, digest_of, read_text, replace_text
from sluice.domain import RUN, Message, Request, RuleEdit, Trial
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.people import refusal
from sluice.wiring.product_references import product_references


@dataclass(frozen=True, slots=True)
class MergePreview:
    """Say what a merge would do.

    Attributes:
        keep: Id that stays.
        others: Ids that become it.
        rows: Published rows that would change, by dataset and column.
        failing: Number of them that would then fail a rule, and be held.
        difference: What would change in sluice.yaml.
    """

    keep: str
    others: Sequence[str]
    rows: Mapping[tuple[str, str], int]
    failing: int
    difference: str


def preview_merge(app: App, dataset: str, keep: str, others: Sequence[str]) -> MergePreview:
    """Return what merging products would do; nothing changes.

    Args:
        app: The application.
        dataset: Name of the catalog.
        keep: Id that stays.
        others: Ids that become it.

    Raises:
        LeaseHeld: Another worker holds the lease of a dataset.
        UsageError: Nothing refers to the catalog, it lacks a product, or the mapping cannot be written into sluice.yaml.
        ConfigError: The configuration would not be read.
    """
    request = Request("preview", "merge_products", dataset, "", "", app.now(), (keep, *others))
    _require_products(app, request)
    text = read_text(app.path)
    changes = difference(app.path, text, _merged_text(app, request, text))
    runs = {
        (one.dataset, column): jobs.preview_mapping(one, column, _mapping(request), app.store, app.worker, now=app.now())
        for one, column in _requests(app, request)
    }
    rows = {place: run.rows if run else 0 for place, run in runs.items()}
    return MergePreview(keep, tuple(others), rows, sum(run.bad for run in runs.values() if run), changes)


def merge_products(app: App, request: Request) -> Message:
    """Give all rows that refer to some ids of a product the first of them, by one run for each column, and map the ids in sluice.yaml for later batches.

    Each changed cell is a repair. The rows of the catalog stay as they are.

    Raises:
        UsageError: Nothing refers to the catalog, it lacks a product, the person may not change a table, or the mapping cannot be written into sluice.yaml.
        ConfigError: The configuration would not be read.
    """
    requests = list(_requests(app, request))
    _require_roles(app, [one for one, _ in requests])
    _require_products(app, request)
    text = read_text(app.path)
    merged = _merged_text(app, request, text)
    changes = difference(app.path, text, merged)  # raises before anything changes
    if merged != text:  # else a worker wrote it that died before it answered
        edit = RuleEdit(request.dataset, STEP, {"column": requests[0][1], "values": dict(_mapping(request))})
        app.store.trials.save(Trial(request.id, edit, digest_of(text), 0, changes))
    write = partial(_rewrite, app, partial(_merged_text, app, request))
    runs = [jobs.map_values(one, column, _mapping(request), app.store, app.worker, now=app.now(), before=write) for one, column in requests]
    changed = [run for run in runs if run is not None]
    held = sum(run.bad for run in changed)
    done = Message.of("products_merged", rows=sum(run.rows for run in changed), keep=request.rows[0], file=app.path.name)
    return Message.join([done, *([Message.of("values_mapped_held", held=held)] if held else [])])


def undo_merge_products(app: App, request: Request) -> Message:
    """Give the rows that a merge changed their former ids, and map these in sluice.yaml no longer.

    Rows of later batches keep the id; rows that were replaced since are left.

    Raises:
        UsageError: There is no such merge.
        ConfigError: The configuration would not be read.
    """
    merged = app.store.requests.get(request.rows[0])
    if merged is None or (merged.kind, merged.state, merged.dataset) != ("merge_products", "done", request.dataset):
        raise make_error(UsageError, "merge_unknown", request=request.rows[0])
    columns = list(_requests(app, merged))
    _require_roles(app, [replace(one, kind="undo_map_values", person=request.person) for one, _ in columns])
    undone = [_restore(app, request, merged, one, column) for one, column in columns]
    rows, left = sum(one.run.rows for one in undone if one.run), sum(one.left for one in undone)
    answer = Message.of("merge_undone", rows=rows, file=app.path.name)
    return Message.join([answer, *([Message.of("mapping_rows_left", rows=left)] if left else [])])


def _restore(app: App, request: Request, merged: Request, one: Request, column: str) -> jobs.Undone:
    """Undo the repairs of a merge in one column, and take its mapping out of sluice.yaml."""
    repairs = app.store.quarantine.repairs(one.dataset, matching=pl.col(RUN) == jobs.mapping_run(one.id))["repair_id"].to_list()
    name = _name(request, one.dataset, column)
    undone_before = app.store.quarantine.undone_by(one.dataset, f"undo-{name}")  # by a worker that died before it answered
    restore = Request(name, "undo", one.dataset, request.by, "", request.at, tuple(dict.fromkeys([*repairs, *undone_before])))
    return jobs.take_back(restore, app.store, app.worker, now=app.now(), before=lambda _: _rewrite(app, partial(_text_before, app, merged)))


def _requests(app: App, request: Request) -> Iterator[tuple[Request, str]]:
    """Yield a request to map the ids in each column that refers to the catalog.

    Raises:
        UsageError: None does.
    """
    references = product_references(app.config, request.dataset)
    if not references:
        raise make_error(UsageError, "products_unreferred", dataset=request.dataset)
    for dataset, column in references:
        yield replace(request, id=_name(request, dataset, column), kind="map_values", dataset=dataset, rows=()), column


def _name(request: Request, dataset: str, column: str) -> str:
    return f"{request.id}-{hashlib.sha256(f'{dataset} {column}'.encode()).hexdigest()[:6]}"


def _mapping(request: Request) -> Mapping[str, str]:
    keep, *others = request.rows
    return dict.fromkeys(others, keep)


def _merged_text(app: App, request: Request, text: str) -> str:
    for one, column in _requests(app, request):
        text = add_mapping(text, one.dataset, column, _mapping(request))
    return text


def _text_before(app: App, merged: Request, text: str) -> str:
    """Return the text without what a merge wrote into it; other edits since stay."""
    trial = app.store.trials.get(merged.id)
    if trial is not None:
        with suppress(UsageError):  # its lines read otherwise now: other ids were merged since
            return reverse(text, trial.difference)
    for one, column in _requests(app, merged):
        text = drop_mapping(text, RuleEdit(one.dataset, STEP, {"column": column, "values": dict(_mapping(merged))}))
    return text


def _rewrite(app: App, change: Callable[[str], str]) -> None:
    """Change the text of sluice.yaml, unless that is done: by a worker that died before it answered."""
    text = read_text(app.path)
    changed = change(text)
    if changed != text:
        difference(app.path, text, changed)
        replace_text(app.path, changed)


def _require_roles(app: App, requests: Sequence[Request]) -> None:
    """Pass only where the person may change each of the tables."""
    for request in requests:
        if refused := refusal(app.config.roles, request.person, request, app.config.learns_from):
            raise make_error(UsageError, refused)


def _require_products(app: App, request: Request) -> None:
    """Pass only where the id that stays is published in the catalog, and each other one there or in a column that refers to it."""
    keep, *others = request.rows
    catalog = app.config.datasets[request.dataset].schema_of(request.dataset).key[0]
    present = _published_values(app, request.dataset, catalog, request.rows)
    lacking = {keep} - present or {*others} - present
    for dataset, column in product_references(app.config, request.dataset) if keep in present and lacking else ():
        lacking -= _published_values(app, dataset, column, others)  # a listing may have left the catalog before its events were read
    if lacking:
        raise make_error(UsageError, "products_unknown", dataset=request.dataset, ids=tuple(sorted(lacking)))


def _published_values(app: App, dataset: str, column: str, values: Sequence[str]) -> set[str]:
    """Return those of some values that a column of the published rows has."""
    published = app.store.snapshot().published(dataset)
    if column not in published.collect_schema().names():
        return set()
    return {*published.filter(pl.col(column).is_in(list(values))).select(pl.col(column).unique()).collect()[column]}
