"""Cells that were changed: list them, take them back."""

from __future__ import annotations

from typing import Annotated

import polars as pl
import typer

from sluice.app import build
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, NoteOption, say, show
from sluice.cli.quarantine import MASK, asked
from sluice.domain import ROW, RUN, Request
from sluice.errors import UsageError

app = typer.Typer(no_args_is_help=True)
Dataset = Annotated[str, typer.Argument(help="which dataset")]


@app.command("list")
def list_(
    dataset: Dataset,
    run: Annotated[str | None, typer.Option(help="only those of this run")] = None,
    row: Annotated[str | None, typer.Option(help="only those of this row")] = None,
    column: Annotated[str | None, typer.Option(help="only those of this column")] = None,
    limit: Annotated[int, typer.Option(min=1, help="repairs shown at most")] = 50,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List applied repairs, the newest first: which cell, its old and new value, which cleaner, how certain."""
    with build(config) as sluice:
        found = sluice.store.quarantine.repairs(sluice.known(dataset))
        personal = [name for name, each in sluice.config.datasets[dataset].columns.items() if each.personal]
    for name, value in ((RUN, run), (ROW, row), ("column", column)):
        found = found.filter(pl.col(name) == value) if value else found
    masked = pl.col("column").is_in(personal)
    shown = found.reverse().select(
        pl.col("repair_id").alias("repair"),
        *(pl.when(masked).then(pl.lit(MASK)).otherwise(pl.col(name)).alias(name) for name in ("old", "new")),
        "cleaner",
        "confidence",
        "message",
    )
    show(shown.head(limit if form is Format.table else shown.height).to_dicts(), form, empty="no cell was repaired")
    if shown.height > limit and form is Format.table:
        say(f"{shown.height - limit:,} more; --limit shows them, --format json gives all")


@app.command()
def undo(
    dataset: Dataset,
    repairs: Annotated[list[str], typer.Argument(help="repairs, as `sluice repairs list` shows them")],
    by: ByOption = "",
    note: NoteOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Give cells their old values back; rows that then fail a rule move to the quarantine."""
    with build(config) as sluice:
        known = set(sluice.store.quarantine.repairs(sluice.known(dataset), ids=repairs)["repair_id"])
        unknown = [each for each in repairs if each not in known]
        if unknown:
            raise UsageError(f"{dataset}: no applied repair is called {unknown[0]}; `sluice repairs list {dataset}` shows them")
        answer = asked(sluice, Request("", "undo", dataset, by, note, sluice.now(), tuple(repairs)))
    show([answer], form)
    if answer["state"] != "done":
        raise typer.Exit(1)
