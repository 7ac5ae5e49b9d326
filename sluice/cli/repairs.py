"""List repaired cells, and undo repairs."""

from __future__ import annotations

from typing import Annotated

import typer

from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, ReasonOption, say, show
from sluice.errors import UsageError

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_(
    dataset: DatasetArgument,
    run: Annotated[str | None, typer.Option(help="only those of this run")] = None,
    row: Annotated[str | None, typer.Option(help="only those of this row")] = None,
    column: Annotated[str | None, typer.Option(help="only those of this column")] = None,
    limit: Annotated[int, typer.Option(min=1, help="number of repairs shown at most")] = 50,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List applied repairs, the newest first: cell, old and new value, cleaner, confidence."""
    import polars as pl

    from sluice.app import build
    from sluice.domain import MASK, ROW, RUN
    from sluice.messages import split_messages

    with build(config) as sluice:
        repairs = sluice.store.quarantine.repairs(sluice.require_dataset(dataset))
        personal = [name for name, settings in sluice.config.datasets[dataset].columns.items() if settings.personal]
    for name, value in ((RUN, run), (ROW, row), ("column", column)):
        repairs = repairs.filter(pl.col(name) == value) if value else repairs
    masked = pl.col("column").is_in(personal)
    table = repairs.reverse().select(
        pl.col("repair_id").alias("repair"),
        *(pl.when(masked).then(pl.lit(MASK)).otherwise(pl.col(name)).alias(name) for name in ("old", "new")),
        "cleaner",
        "confidence",
        "message",
    )
    listed = split_messages(table.head(limit if form is Format.table else table.height)).drop("code", "params")
    show(listed.to_dicts(), form, empty="no cell was repaired")
    if table.height > limit and form is Format.table:
        say(f"{table.height - limit:,} more; --limit shows them, --format json gives all")


@app.command()
def undo(
    dataset: DatasetArgument,
    repairs: Annotated[list[str], typer.Argument(help="repairs, as `sluice repairs list` shows them")],
    by: ByOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Restore the old values of cells; rows that then fail a rule move to the quarantine."""
    from sluice.app import build
    from sluice.cli.quarantine import submit_and_carry_out
    from sluice.domain import Request

    with build(config) as sluice:
        applied = set(sluice.store.quarantine.repairs(sluice.require_dataset(dataset), ids=repairs)["repair_id"])
        unknown = [repair for repair in repairs if repair not in applied]
        if unknown:
            raise UsageError(f"{dataset}: no applied repair is called {unknown[0]}; `sluice repairs list {dataset}` shows them")
        answer = submit_and_carry_out(sluice, Request("", "undo", dataset, by, reason, sluice.now(), tuple(repairs)))
    show([answer], form)
    if answer["state"] != "done":
        raise typer.Exit(1)
