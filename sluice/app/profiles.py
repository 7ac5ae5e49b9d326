"""Find the profiles of batches that people name by run or day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sluice.app.app import App
from sluice.domain import QUANTILES, BatchProfile, ColumnProfile, Message, Run
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.profiles import ColumnChanges, Move, last_day, newest_of_day


def find_profile(app: App, dataset: str, named: str | None = None) -> BatchProfile:
    """Return the profile of a batch.

    Args:
        app: The application.
        dataset: Name of the dataset.
        named: Id of a run, or a day such as 2026-03-14: the newest batch that ends on it; the newest batch where None.

    Raises:
        UsageError: There is no such dataset, or no profile of that batch.
    """
    name = app.require_dataset(dataset)
    days = app.store.profiles.ends(name)
    if named and named not in days and (empty := _empty_batch(app, name, named, days)):
        raise make_error(UsageError, "batch_without_rows", batch=empty.id, rows=empty.rows)
    if not days:
        off = Message.of("profile_from_now_on" if app.config.datasets[name].profile else "profile_off")
        raise make_error(UsageError, "dataset_without_profile", dataset=name, problem=off)
    run = list(days)[-1] if named is None else named if named in days else newest_of_day(days, _day(named))
    if run is None:
        raise make_error(UsageError, "no_such_profiled_batch", dataset=name, batch=named)
    return app.store.profiles.batches(name, runs=[run])[0]


def _empty_batch(app: App, dataset: str, named: str, profiled: Collection[str]) -> Run | None:
    """Return the batch that people name by its run or day where none of its rows was judged; None where a batch of that day has a profile."""
    runs = {run.id: run for run in app.store.runs.of(dataset) if run.kind == "ingest" and run.seq is not None}
    day = _day(named)
    of_day = [run for run in runs.values() if last_day(run.at) == day]
    named_runs = [runs[named]] if named in runs else [] if any(run.id in profiled for run in of_day) else of_day
    return next((run for run in named_runs if not run.judged), None)


def require_column(profile: BatchProfile, column: str) -> ColumnProfile:
    """Return the profile of a column of a batch.

    Raises:
        UsageError: It has none.
    """
    column_profile = profile.column(column)
    if column_profile is None:
        raise make_error(UsageError, "profile_without_column", batch=profile.run, column=column, columns=tuple(one.column for one in profile.columns))
    return column_profile


def _day(named: str) -> date | None:
    try:
        return date.fromisoformat(named)
    except ValueError:
        return None


def profile_facts(profile: ColumnProfile) -> Mapping[str, Any]:
    """Return a profile for programs: counts as numbers, values as text."""
    lengths = profile.lengths
    return {
        "column": profile.column,
        "type": profile.type,
        "rows": profile.rows,
        "nulls": profile.nulls,
        "empty": profile.empty,
        "distinct": profile.distinct,
        "distinct_error": profile.distinct_error,
        "least": profile.least,
        "mean": profile.mean,
        "greatest": profile.greatest,
        "quantiles": dict(zip(map(str, QUANTILES), profile.quantiles, strict=False)),
        "sampled": profile.sampled,
        "top": [{"value": value, "rows": rows} for value, rows in profile.top],
        "top_exact": profile.top_exact,
        "lengths": lengths
        and {
            "least": lengths.least,
            "mean": lengths.mean,
            "greatest": lengths.greatest,
            "quantiles": dict(zip(map(str, QUANTILES), lengths.quantiles, strict=False)),
        },
        "patterns": [{"pattern": pattern, "texts": texts} for pattern, texts in profile.patterns],
    }


def change_facts(changes: ColumnChanges) -> Mapping[str, Any]:
    """Return for programs which columns of two batches cannot be compared."""
    types = [{"column": column, "before": before, "after": after} for column, before, after in changes.types]
    return {"only_before": list(changes.before), "only_after": list(changes.after), "types": types}


def move_facts(move: Move) -> Mapping[str, Any]:
    """Return what moved in a column for programs; `before` and `after` of a value are null where it is not among the frequent ones."""
    shares = [{"value": share.value, "before": share.before, "after": share.after} for share in move.shares]
    return {"column": move.column, "what": move.aspect, "index": move.index, "change": move.message, "shares": shares}
