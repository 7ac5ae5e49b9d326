"""Show what the columns of a batch were like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.output import ConfigOption, DatasetArgument, Format, FormatOption, say, show, show_one, stored_cell, table_text
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.domain import BatchProfile, ColumnProfile

app = typer.Typer()
TOP_VALUES = 3  # top values in the table of all columns


@app.command()
def profile(
    dataset: DatasetArgument,
    column: Annotated[str | None, typer.Argument(help="name of a column, in detail; a line for each column unless given")] = None,
    batch: Annotated[str | None, typer.Option("--batch", help="run of the batch, as the tables of `sluice run` and of this command name it")] = None,
    day: Annotated[str | None, typer.Option("--day", help="day of the batch instead: 2026-03-14; of several the newest")] = None,
    every: Annotated[bool, typer.Option("--list", help="list the batches that have a profile; with COLUMN, what it was like in each")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Show what the columns of a batch were like: missing and distinct values, quantiles, top values, lengths and patterns; of the newest batch unless named.

    The rows are those that were judged, published and held, as they were cleaned; copies of earlier rows do not count. `sluice run` keeps a profile of each
    batch; `profile: off` of a dataset ends that. Of personal columns no value is kept.
    """
    from sluice.app import build
    from sluice.app.profiles import find_profile, profile_facts, require_column

    if batch and day:
        raise UsageError("--batch and --day both name a batch; give one of them")
    with build(config) as sluice:
        chosen = find_profile(sluice, dataset, batch or day)
        histories = sluice.store.profiles.batches(dataset, column) if every else []
    if every:
        show(map(_history_row, histories) if column else map(_batch_row, histories), form, empty=f"no batch has a profile of {column}")
        return
    one = require_column(chosen, column) if column else None
    if form is Format.json:
        columns = [profile_facts(selected) for selected in ([one] if one else chosen.columns)]
        show_one({"dataset": dataset, "run": chosen.run, "until": chosen.at, "columns": columns}, form, "")
        return
    if one:
        show_one({}, form, "\n".join(_details(one)).rstrip("\n"))
    else:
        show(map(_column_row, chosen.columns), form)
    say(f"batch {chosen.run} until {chosen.at:%Y-%m-%d %H:%M}: {chosen.columns[0].rows:,} rows, published and held, as they were cleaned")


def _batch_row(batch: BatchProfile) -> Mapping[str, object]:
    return {"run": batch.run, "until": batch.at, "rows": batch.columns[0].rows, "columns": len(batch.columns)}


def _history_row(batch: BatchProfile) -> Mapping[str, object]:
    return {"run": batch.run, "until": batch.at, **{name: fact for name, fact in _column_row(batch.columns[0]).items() if name not in ("column", "type")}}


def _column_row(one: ColumnProfile) -> Mapping[str, object]:
    """Return one line for a column."""
    return {
        "column": one.column,
        "type": one.type,
        "rows": one.rows,
        "missing": _share(one.nulls, one.rows),
        "distinct": _about(one.distinct, exact=not one.distinct_error),
        "least": _least(one),
        "median": _median(one),
        "greatest": _greatest(one),
        "top": [f"{value} {_share(rows, one.filled)}" for value, rows in one.top[:TOP_VALUES]] if one.distinct < one.filled else None,
    }


def _details(one: ColumnProfile) -> Iterator[str]:
    """Yield what is known of a column, as lines and tables."""
    from sluice.domain import QUANTILES

    missing = f"{one.nulls:,} of {one.rows:,} rows without a value ({_share(one.nulls, one.rows)})"
    yield f"{one.column}, {one.type}: {missing}" + (f", {one.empty:,} with an empty text" if one.empty else "")
    error = f", estimated with a standard error of {one.distinct_error:.1%}" if one.distinct_error else ""
    yield f"distinct values: {_about(one.distinct, exact=not one.distinct_error)}{error}"
    if one.mean is not None:
        yield f"least {one.least}, mean {one.mean}, greatest {one.greatest}"
    if one.lengths:
        yield f"characters: least {one.lengths.least:,}, mean {one.lengths.mean:,.1f}, greatest {one.lengths.greatest:,}"
    quantiles = one.quantiles or (one.lengths.quantiles if one.lengths else ())
    sampled = "" if one.sampled == one.filled else f", from {one.sampled:,} rows taken by chance"
    if quantiles:
        yield f"quantiles{'' if one.quantiles else ' of the characters'}{sampled}:"
        yield table_text([{f"{share:.0%}": stored_cell(value) for share, value in zip(QUANTILES, quantiles, strict=True)}], None)
    if one.top:
        yield f"top values{'' if one.top_exact else ', estimated' + sampled}:"
        yield table_text([{"value": value, "rows": rows, "share": _share(rows, one.filled)} for value, rows in one.top], None)
    if one.patterns:
        yield f"patterns{sampled}:"
        yield table_text([{"pattern": pattern, "share": _share(texts, one.sampled)} for pattern, texts in one.patterns], None)


def _share(count: int, total: int) -> str:
    return f"{count / total:.1%}" if total else "-"


def _about(count: int, *, exact: bool) -> str:
    return f"{count:,}" if exact else f"≈ {count:,}"


def _least(one: ColumnProfile) -> object:
    return one.least if one.lengths is None else _characters(one.lengths.least)


def _greatest(one: ColumnProfile) -> object:
    return one.greatest if one.lengths is None else _characters(one.lengths.greatest)


def _median(one: ColumnProfile) -> object:
    from sluice.domain import QUANTILES

    middle = QUANTILES.index(0.5)
    return (one.quantiles[middle] if one.quantiles else None) if one.lengths is None else _characters(one.lengths.quantiles[middle])


def _characters(length: float) -> str:
    return f"{length:.0f} characters"
