"""List runs, and show one with how long each stage of it took: runs list, runs show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from sluice.cli.language import render, stage_word, tr
from sluice.cli.output import ConfigOption, Format, FormatOption, say, show, show_one
from sluice.cli.run import summaries, summary
from sluice.errors import UsageError

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_runs(
    dataset: Annotated[str | None, typer.Argument(help="name of a dataset; all unless given")] = None,
    count: Annotated[int, typer.Option("--count", help="how many, at most", min=1)] = 20,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List the newest runs: batches, releases, undos and audits, with how long each took to read, judge and publish."""
    from sluice.app import build

    with build(config) as sluice:
        runs = [run for _, run in sluice.store.runs.page(count, dataset=None if dataset is None else sluice.require_dataset(dataset))]
    names = ("dataset", "run", "kind", "at", "rows", "clean", "held", "published", "decision")
    rows = [{**{name: value for name, value in summary(run).items() if name in names}, "seconds": _seconds(run.stages)} for run in runs]
    show(rows, form, empty="no run is recorded")


@app.command("show")
def show_run(
    run: Annotated[str, typer.Argument(help="id of a run, as `sluice runs list` shows it")],
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Show one run: its counts, reasons, and how long each stage took (read, cast, compare, judge, clean, detect, profile, write, publish)."""
    from sluice.app import build
    from sluice.app.facts import stage_facts

    with build(config) as sluice:
        recorded = sluice.store.runs.get(run)
    if recorded is None:
        raise UsageError(tr("there is no run {run}; `sluice runs list` lists them", run=run))
    stages = stage_facts(recorded.stages)
    if form is Format.json:
        show_one({**summary(recorded), "stages": stages}, form, "")
        return
    show(summaries([recorded], None, form, {}), form)
    if recorded.configuration:
        say(tr("judged by version {version} of the configuration", version=recorded.configuration))
    for reason in recorded.reasons:
        say(render(reason))
    show(
        [{**one, "stage": stage_word(str(one["stage"])), "share": f"{one['share']:.0%}"} for one in stages],
        form,
        empty="how long its stages took is not recorded",
    )


def _seconds(stages: Mapping[str, float]) -> float | None:
    """Return the seconds of all stages; None where they are not recorded."""
    return round(sum(stages.values()), 3) if stages else None
