"""Run `sluice demo`: write a small shop with injected faults, do the main job over it, and show the dashboard."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.gate import text
from sluice.cli.language import ntr, render, tr
from sluice.cli.ops import show_dashboard, upgrade_if_needed
from sluice.cli.output import Format, progress, say, show
from sluice.cli.run import summary
from sluice.cli.run_notes import guarded_of

if TYPE_CHECKING:
    import polars as pl

    from sluice.app import App
    from sluice.domain import Run

app = typer.Typer()


@app.command()
def demo(
    folder: Annotated[Path | None, typer.Argument(help="where to write the shop [default: demo-shop, or demo-shop-small with --small]")] = None,
    serve: Annotated[bool, typer.Option(help="show the dashboard afterwards")] = True,
    seed: Annotated[int, typer.Option(help="another seed is another shop")] = 1,
    small: Annotated[bool, typer.Option("--small", help="3 days of a small shop, done in half a minute")] = False,
) -> None:
    """Write a small shop with injected faults, run the main job over its 14 days, and summarise what was found and what is held.

    A second call publishes nothing again and starts in seconds.
    """
    from sluice import demo as shop
    from sluice.app import build
    from sluice.domain import REPEATS
    from sluice.wiring import clock

    folder = folder or Path("demo-shop-small" if small else "demo-shop")
    with progress() as report:
        shop.write(folder, seed, shop.SMALL if small else shop.Size(), progress=report)
    config = folder / "sluice.yaml"
    upgrade_if_needed(config)
    with build(config) as sluice:
        done = work(sluice)
        say(f"\n{published(done)}")
        runs = [run for dataset in sluice.config.datasets for run in sluice.store.runs.of(dataset)]
        repairs = {dataset: sluice.store.quarantine.repairs(dataset) for dataset in sluice.config.datasets}
        snapshot = sluice.store.snapshot()
        repeats = {dataset: snapshot.repeats(dataset).select(*REPEATS).collect() for dataset in sluice.config.datasets}
        guarded, left_out = guarded_of(sluice, runs), ("run", "reasons", "superseded", "replaced")
        rows = [summary(run, guarded=guarded[run.id]) for run in sorted(runs, key=lambda run: (run.at, run.dataset))]
        show([{name: value for name, value in row.items() if name not in left_out} for row in rows], Format.table)
        say("\n" + tr("injected faults, and the answers of the pipeline, which never reads this truth"))
        answers = shop.judge_against_truth(snapshot, runs, folder / "truth", repairs=repairs, repeats=repeats)
        show(answers.to_dicts(), Format.table)
        say("\n".join(("", *conclude(sluice, answers))))
    shop.start_clock(folder, clock.wall())
    if serve:
        show_dashboard(config)


def conclude(sluice: App, answers: pl.DataFrame) -> list[str]:
    """Return the lines that end the summary: what was found, what is held and why, whether the gates are open, and what to try next.

    Args:
        sluice: The shop after its main job.
        answers: Injected faults and what was found of them (schema `sluice.demo.summary.SUMMARY`).
    """
    from sluice.app.gate_answers import held_runs
    from sluice.rules.opening import how_to_open

    judged = answers.drop_nulls("found")
    injected, detected = int(judged["injected"].sum()), int(judged["found"].sum())
    lines = [
        tr(
            "found: {found:,} of {injected:,} injected faults that have to be held, repaired or refused; {kinds} kinds",
            found=detected,
            injected=injected,
            kinds=judged.height,
        )
    ]
    for dataset in sluice.config.datasets:
        lines += held(sluice, dataset)
    for dataset in sluice.config.datasets:
        decision = sluice.gate(dataset)
        lines.append(text(decision, how_to_open(decision, sluice.store.runs.of(dataset), held_runs(sluice, decision))))
    return [*lines, "", tr("try next:"), *next_commands(sluice)]


def held(sluice: App, dataset: str) -> list[str]:
    """Return how many rows of a dataset are held, and for which rules."""
    from sluice.store import dashboard_queries

    row_filter = dashboard_queries.QuarantineFilter(dataset)
    reasons = dashboard_queries.held_by_rule(sluice.store, row_filter)
    rows = dashboard_queries.count_rows(sluice.store, row_filter)
    total = ntr("held in {dataset}: {count} row", "held in {dataset}: {count} rows", rows, dataset=dataset)
    return [total, *(tr("  - {rows:,} by {rule}", rows=reason.rows, rule=reason.rule) for reason in reasons)]


def next_commands(sluice: App) -> list[str]:
    """Return three commands to try, with the ids of this shop."""
    from sluice.store import dashboard_queries

    held_rows = (dashboard_queries.quarantine_page(sluice.store, dashboard_queries.QuarantineFilter(dataset), 1) for dataset in sluice.config.datasets)
    first = next(((dataset, rows["_row_id"][0]) for dataset, rows in zip(sluice.config.datasets, held_rows, strict=True) if rows.height), None)
    commands: Mapping[str, str] = {
        f"sluice quarantine show {first[0]} {first[1]}" if first else "sluice quarantine list events": tr("see why a row is held"),
        "sluice recommend u00001": tr("get recommendations, if a model was trained"),
        "sluice serve": tr("run the schedule and the dashboard"),
    }
    return [f"  {command} --config {shlex.quote(str(sluice.path))}   # {purpose}" for command, purpose in commands.items()]


def published(runs: Sequence[Run]) -> str:
    """Return what the main job published, in one line; held rows that were judged again are no batch."""
    batches = [run for run in runs if run.kind == "ingest"]
    done = sum(run.state == "published" for run in batches)
    failed, replays = len(batches) - done, len(runs) - len(batches)
    parts = [
        ntr("{count} batch published", "{count} batches published", done),
        *([ntr("{count} file failed", "{count} files failed", failed)] if failed else []),
        *([ntr("held rows judged again in {count} run", "held rows judged again in {count} runs", replays)] if replays else []),
    ]
    return tr(", ").join(parts) if runs else tr("nothing new: every batch is published")


def work(sluice: App) -> list[Run]:
    """Do the main job: publish every batch, then retrain."""
    with progress() as report:
        runs = list(sluice.run(sluice.pending_arrivals(), progress=report))
    if runs or not sluice.store.models.versions("recommender"):
        say("retraining the recommender, if its gates are open")
        with progress() as report:
            reason = render(sluice.retrain(by="demo", progress=report).reason)
        say(reason)
    return runs
