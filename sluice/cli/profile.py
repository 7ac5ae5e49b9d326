"""Show what the columns of a batch were like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import tr
from sluice.cli.output import ConfigOption, DatasetArgument, Format, FormatOption, say, show, show_one
from sluice.cli.profile_comparison import compare_batches
from sluice.cli.profile_text import column_row, details
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.domain import BatchProfile, Run

app = typer.Typer()


@app.command()
def profile(
    dataset: DatasetArgument,
    column: Annotated[str | None, typer.Argument(help="name of a column, in detail; a line for each column unless given")] = None,
    batch: Annotated[str | None, typer.Option("--batch", help="run of the batch, as the tables of `sluice run` and of this command name it")] = None,
    day: Annotated[str | None, typer.Option("--day", help="day of the batch instead: 2026-03-14; of several the newest")] = None,
    compare: Annotated[
        tuple[str, str] | None, typer.Option("--compare", help="two batches, each a run or a day: what moved between them, the largest move first")
    ] = None,
    every: Annotated[bool, typer.Option("--list", help="list the batches that have a profile; with COLUMN, what it was like in each")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Show what the columns of a batch were like: missing and distinct values, quantiles, top values, lengths and patterns; of the newest batch unless named.

    The rows are those that were judged, published and held, as they were cleaned; copies of earlier rows do not count. `sluice run` keeps a profile of each
    batch; `profile: off` of a dataset ends that. Of personal columns no value is kept.

    With `--compare 2026-03-13 2026-03-14` it lists what moved between two batches by more than chance, ranked by the population stability index of the shares
    (0.1 is a notable move, 0.25 a large one), then both side by side.
    """
    from sluice.app import build
    from sluice.app.profiles import find_profile, profile_facts, require_column

    if sum(map(bool, (batch, day, compare))) > 1:
        raise UsageError(tr("--batch, --day and --compare each name batches; give one of them"))
    if compare:
        compare_batches(dataset, column, compare, config, form)
        return
    with build(config) as sluice:
        chosen = find_profile(sluice, dataset, batch or day)
        histories = sluice.store.profiles.batches(dataset, column) if every and column else []
        ends = sluice.store.profiles.ends(dataset) if every and not column else {}
        runs = [run for run in sluice.store.runs.of(dataset) if run.id in ends] if ends else []
    if every:
        show(map(_history_row, histories) if column else map(_batch_row, runs), form, empty=tr("no batch has a profile of {column}", column=column))
        return
    one = require_column(chosen, column) if column else None
    if form is Format.json:
        columns = [profile_facts(selected) for selected in ([one] if one else chosen.columns)]
        show_one({"dataset": dataset, "run": chosen.run, "until": chosen.at, "columns": columns}, form, "")
        return
    if one:
        show_one({}, form, "\n".join(details(one)).rstrip("\n"))
    else:
        show(map(column_row, chosen.columns), form)
    say(
        tr(
            "batch {run} until {until}: {rows:,} rows, published and held, as they were cleaned",
            run=chosen.run,
            until=f"{chosen.at:%Y-%m-%d %H:%M}",
            rows=chosen.columns[0].rows,
        )
    )


def _batch_row(run: Run) -> Mapping[str, object]:
    return {"run": run.id, "until": run.at, "rows": run.judged, "file": run.uri.rpartition("/")[2]}


def _history_row(batch: BatchProfile) -> Mapping[str, object]:
    return {"run": batch.run, "until": batch.at, **{name: fact for name, fact in column_row(batch.columns[0]).items() if name not in ("column", "type")}}
