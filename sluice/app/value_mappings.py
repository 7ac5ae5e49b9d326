"""Carry out and take back what people decide on the spellings of a value: in sluice.yaml, for later batches, and in the published rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from sluice import jobs
from sluice.app.app import App
from sluice.app.named_columns import require_column
from sluice.app.rule_trials import change_rule, take_out, trial_of
from sluice.config.mappings import STEP, add_mapping, values_of
from sluice.config.text import difference, digest_of, read_text
from sluice.domain import RUN, MappingPreview, Message, Request, RuleEdit, SpellingGroup, Trial
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.spellings import chosen_values, may_have_spellings
from sluice.store.spellings import spellings_of


def mapping_trial(app: App, name: str, dataset: str, column: str, values: Mapping[str, str]) -> Trial:
    """Return the record that a request to map values names.

    Args:
        app: The application.
        name: Its id.
        dataset: Name of the dataset.
        column: Name of the column.
        values: The right value by each wrong one.
    """
    return Trial(name, RuleEdit(dataset, STEP, {"column": column, "values": dict(values)}), digest_of(read_text(app.path)), 0)


def preview_mapping(app: App, dataset: str, column: str, values: Mapping[str, str]) -> MappingPreview:
    """Return what mapping values to one spelling would do.

    Args:
        app: The application.
        dataset: Name of the dataset.
        column: Name of one of its columns.
        values: The right value by each wrong one.

    Raises:
        LeaseHeld: Another worker holds the lease of the dataset.
        UsageError: The mapping cannot be written into sluice.yaml.
        ConfigError: The configuration would not be read.
    """
    text = read_text(app.path)
    changes = difference(app.path, text, add_mapping(text, dataset, column, values))
    request = Request("preview", "map_values", dataset, "", "", app.now())
    run = jobs.preview_mapping(request, column, values, app.store, app.worker, now=app.now())
    held = sum(one.held for one in spellings_of(app.store, dataset, column) or () if one.value in values)
    return MappingPreview(dataset, column, values, run.rows if run else 0, held, run.bad if run else 0, changes)


def require_words(app: App, dataset: str, column: str) -> None:
    """Pass only where the values of a column may be mapped.

    Raises:
        UsageError: There is no such column, or it holds no words.
    """
    require_column(app, dataset, column)
    schema = app.config.datasets[dataset].schema_of(dataset)
    values = spellings_of(app.store, dataset, column)
    if values is None or not may_have_spellings(schema, column, values):
        raise make_error(UsageError, "column_of_no_words", dataset=dataset, column=column)


def chosen_mapping(app: App, dataset: str, column: str, groups: Sequence[SpellingGroup], keep: str, replaced: Collection[str]) -> Mapping[str, str]:
    """Return the right value by each wrong one, of what a person chose.

    Args:
        app: The application.
        dataset: Name of the dataset.
        column: Name of a column of words.
        groups: Its groups of spellings.
        keep: The right value.
        replaced: Values that become it, whether a group holds them or not; empty means all others of its group.

    Raises:
        UsageError: No row holds one of the values, or none is replaced.
    """
    present = {one.value for one in spellings_of(app.store, dataset, column) or ()}
    absent = next((value for value in (keep, *replaced) if value not in present), None)
    if absent is not None:
        raise make_error(UsageError, "no_such_value", dataset=dataset, column=column, value=absent)
    mapping = chosen_values(groups, keep, replaced)
    if not mapping:
        raise make_error(UsageError, "value_of_no_group", column=column, value=keep)
    return mapping


def map_values(app: App, request: Request) -> Message:
    """Write a mapping into sluice.yaml, so that later batches get the spelling, and give it to the published rows by one run: both, or neither.

    Raises:
        UsageError: The configuration was edited since it was asked for, or the mapping cannot be written into it.
        ConfigError: The mapping does not fit.
    """
    edit = trial_of(app, request).edit
    column, values = str(edit.settings["column"]), values_of(edit)
    run = jobs.map_values(request, column, values, app.store, app.worker, now=app.now(), before=lambda: change_rule(app, request))
    answer = [Message.of("values_mapped", rows=run.rows if run else 0, column=column, file=app.path.name)]
    return Message.join([*answer, *([Message.of("values_mapped_held", held=run.bad)] if run and run.bad else [])])


def undo_map_values(app: App, request: Request) -> Message:
    """Take a mapping out of sluice.yaml again, and give the published rows their former values: both, or neither.

    Rows of later batches keep the spelling; rows that were replaced since are counted.

    Raises:
        UsageError: There is no such mapping.
        ConfigError: The configuration would not be read.
    """
    mapped = app.store.requests.get(request.rows[0])
    if mapped is None or (mapped.kind, mapped.state, mapped.dataset) != ("map_values", "done", request.dataset):
        raise make_error(UsageError, "rule_change_unknown", request=request.rows[0])
    standing = app.store.quarantine.repairs(request.dataset, matching=pl.col(RUN) == jobs.mapping_run(mapped.id))["repair_id"].to_list()
    undone_before = app.store.quarantine.undone_by(request.dataset, f"undo-{request.id}")  # by a worker that died before it answered
    restore = Request(request.id, "undo", request.dataset, request.by, "", request.at, tuple(dict.fromkeys([*standing, *undone_before])))
    undone = jobs.take_back(restore, app.store, app.worker, now=app.now(), before=lambda _: take_out(app, request, mapped))
    left = [Message.of("mapping_rows_left", rows=undone.left)] if undone.left else []
    return Message.join([Message.of("mapping_undone", file=app.path.name), *jobs.describe_restored(undone), *left])
