"""`sluice demo`: a small shop with planted dirt, the main job over it, and the dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sluice import demo as shop
from sluice.app import App, build
from sluice.cli.gate import text
from sluice.cli.ops import show_dashboard, upgrade_if_needed
from sluice.cli.output import Format, elapsed, progress, say, show
from sluice.cli.run import publish, summary
from sluice.domain import Run, counted

app = typer.Typer()


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="where to write the shop")] = Path("demo-shop"),
    serve: Annotated[bool, typer.Option(help="show the dashboard afterwards")] = True,
    seed: Annotated[int, typer.Option(help="another seed is another shop")] = 1,
) -> None:
    """Write a small shop with planted dirt, run the main job over its 14 days, and show what was found.

    A second call publishes nothing again and starts in seconds.
    """
    with progress() as told:
        shop.write(folder, seed, progress=told)
    config = folder / "sluice.yaml"
    upgrade_if_needed(config)
    with build(config) as sluice:
        new = work(sluice)
        say(f"\n{published(new)}")
        runs = [run for dataset in sluice.config.datasets for run in sluice.store.runs.of(dataset)]
        repairs = {dataset: sluice.store.quarantine.repairs(dataset) for dataset in sluice.config.datasets}
        show(
            [{key: value for key, value in summary(run).items() if key not in ("run", "why")} for run in sorted(runs, key=lambda run: (run.at, run.dataset))],
            Format.table,
        )
        say("\nplanted dirt, and what became of it (the pipeline never sees this truth)")
        show(shop.judge_against_truth(sluice.store.snapshot(), runs, folder / "truth", repairs=repairs).to_dicts(), Format.table)
        for dataset in sluice.config.datasets:
            say(text(sluice.gate(dataset)))
    if serve:
        show_dashboard(config)


def published(runs: Sequence[Run]) -> str:
    """What became of the batches, in one line; held rows that were judged again are no batch."""
    batches = [run for run in runs if run.kind == "ingest"]
    done = sum(run.state == "published" for run in batches)
    aside, again = len(batches) - done, len(runs) - len(batches)
    parts = [
        f"{counted(done, 'batch')} published",
        *([f"{counted(aside, 'file')} set aside"] if aside else []),
        *([f"held rows judged again in {counted(again, 'run')}"] if again else []),
    ]
    return ", ".join(parts) if runs else "nothing new: every batch is published"


def work(sluice: App) -> list[Run]:
    """The main job: every batch, and a retrain at the end."""
    runs = publish(sluice, [])
    if runs or not sluice.store.models.versions("recommender"):
        with elapsed("retraining the recommender, if its gates are open (about a minute)"):
            why = sluice.retrain(by="demo").why
        say(why)
    return runs
