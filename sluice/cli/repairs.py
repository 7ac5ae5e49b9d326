"""List repaired cells, and undo repairs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import render, tr
from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, ReasonOption, say, show, show_one
from sluice.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from sluice.app import App
    from sluice.domain import RepairSelection, UndoPreview

app = typer.Typer(no_args_is_help=True)
CleanerOption = Annotated[str | None, typer.Option(help="only those by this cleaner; `steward` for values that people gave")]
ColumnOption = Annotated[str | None, typer.Option(help="only those of this column")]
FromOption = Annotated[float | None, typer.Option("--min-confidence", min=0, max=1, help="only those that are at least so certain")]
ToOption = Annotated[float | None, typer.Option("--max-confidence", min=0, max=1, help="only those that are at most so certain")]
OldOption = Annotated[str | None, typer.Option(help='only those of cells that had this value; "" where the cell was empty')]
NewOption = Annotated[str | None, typer.Option(help="only those that gave cells this value")]
RunOption = Annotated[str | None, typer.Option(help="only those of this run")]
RowOption = Annotated[str | None, typer.Option(help="only those of this row")]
DayOption = Annotated[str | None, typer.Option(help="only those of batches of this day, such as 2026-03-15 (UTC)")]


@app.command("list")
def list_(
    dataset: DatasetArgument,
    run: RunOption = None,
    row: RowOption = None,
    column: ColumnOption = None,
    cleaner: CleanerOption = None,
    min_confidence: FromOption = None,
    max_confidence: ToOption = None,
    old: OldOption = None,
    new: NewOption = None,
    day: DayOption = None,
    sample: Annotated[int | None, typer.Option(min=1, help="a random sample of so many of them, to be looked through")] = None,
    seed: Annotated[int, typer.Option(help="seed of the sample: the same one gives the same sample")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="number of repairs shown at most")] = 50,
    unpublished: Annotated[bool, typer.Option("--unpublished", help="those of rows that are not published, too, which cannot be undone")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List applied repairs, the newest first: cell, old and new value, cleaner, confidence. `sluice repairs undo` takes the same options.

    To look through a cleaner's work, list a sample (`--cleaner lookup --sample 30`), and undo what is wrong by what it has in common.
    Repairs of rows that are held, rejected or superseded cannot be undone; `--unpublished` lists them too.
    The values of personal columns are masked, and `--old` and `--new` select none of their cells.
    """
    from sluice.app import build
    from sluice.app.named_columns import require_selectable
    from sluice.rules.repairs import sample as draw_sample
    from sluice.store.repair_queries import of_published_rows, selected_repairs

    selection = _selection(run, row, column, cleaner, min_confidence, max_confidence, old, new, day)
    with build(config) as sluice:
        selected = selected_repairs(sluice.store, sluice.require_dataset(dataset), selection)
        repairs = selected if unpublished else of_published_rows(sluice.store, dataset, selected)
        if selected.is_empty():
            require_selectable(sluice, dataset, selection)
        personal = [name for name, settings in sluice.config.datasets[dataset].columns.items() if settings.personal]
    total = repairs.height
    repairs = draw_sample(repairs, sample, seed) if sample else repairs
    _show(repairs.reverse(), personal, limit if form is Format.table and not sample else repairs.height, form, selected=not selection.is_empty)
    if sample and form is Format.table:
        say(tr("a sample of {drawn:,} of {total:,} repairs, seed {seed}", drawn=repairs.height, total=total, seed=seed))
    elif repairs.height > limit and form is Format.table:
        say(tr("{count:,} more; --limit shows them, --format json gives all", count=repairs.height - limit))
    if form is Format.table and (elsewhere := selected.height - total):
        say(tr("{count:,} more of rows that are held, rejected or superseded; --unpublished lists them", count=elsewhere))


@app.command()
def undo(
    dataset: DatasetArgument,
    repairs: Annotated[list[str] | None, typer.Argument(help="repairs, as `sluice repairs list` shows them; or none, and options that select them")] = None,
    run: RunOption = None,
    row: RowOption = None,
    column: ColumnOption = None,
    cleaner: CleanerOption = None,
    min_confidence: FromOption = None,
    max_confidence: ToOption = None,
    old: OldOption = None,
    new: NewOption = None,
    day: DayOption = None,
    preview: Annotated[bool, typer.Option("--preview", help="say how many rows and cells would change; publish nothing")] = False,
    by: ByOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Restore the old values of cells; rows that then fail a rule move to the quarantine.

    Name repairs, or select them with the options of `sluice repairs list`: all are undone by one run, with later repairs of the same cells.
    `--preview` says before how many rows and cells that changes. Repairs of rows that are not published are left out.
    """
    from sluice.app import build
    from sluice.app.previews import preview_undo
    from sluice.cli.quarantine import submit_and_carry_out
    from sluice.domain import Request
    from sluice.store.repair_queries import of_published_rows, selected_repairs

    selection = _selection(run, row, column, cleaner, min_confidence, max_confidence, old, new, day)
    if bool(repairs) != selection.is_empty:
        if repairs:
            raise UsageError(
                tr("name repairs, or select them (--cleaner, --column, ...), not both; `sluice repairs list {dataset}` shows them", dataset=dataset)
            )
        raise UsageError(tr("name repairs, or select them (--cleaner, --column, ...); `sluice repairs list {dataset}` shows them", dataset=dataset))
    with build(config) as sluice:
        selected = selected_repairs(sluice.store, sluice.require_dataset(dataset), selection)
        applied = selected["repair_id"].to_list()
        _require_applied(sluice, dataset, repairs, applied, selection)
        undoable = [] if repairs else of_published_rows(sluice.store, dataset, selected)["repair_id"].to_list()
        chosen = repairs or undoable or applied  # where none can be undone, the answer says why
        request = Request("preview", "undo", dataset, by, reason, sluice.now(), tuple(chosen))
        if preview:
            _show_preview(preview_undo(sluice, request), form)
            return
        answer = submit_and_carry_out(sluice, request)
    show([answer], form)
    if answer["state"] != "done":
        raise typer.Exit(1)


def _require_applied(sluice: App, dataset: str, named: list[str] | None, applied: list[str], selection: RepairSelection) -> None:
    """Pass where the named repairs were applied, undone ones among them, or the options select one that stands."""
    from sluice.app.named_columns import require_selectable
    from sluice.messages import make_error

    if named:
        applied_once = {*applied, *sluice.store.quarantine.undone(dataset)}
        if unknown := next((repair for repair in named if repair not in applied_once), None):
            raise make_error(UsageError, "undo_unknown_repair", dataset=dataset, repair=unknown)
    elif not applied:
        require_selectable(sluice, dataset, selection)
        raise UsageError(
            tr("{dataset}: nothing is left to undo: no applied repair is selected; `sluice repairs list {dataset}` takes the same options", dataset=dataset)
        )


def _selection(
    run: str | None,
    row: str | None,
    column: str | None,
    cleaner: str | None,
    min_confidence: float | None,
    max_confidence: float | None,
    old: str | None,
    new: str | None,
    day: str | None,
) -> RepairSelection:
    from sluice.domain import RepairSelection

    try:
        date_of_batch = date.fromisoformat(day) if day else None
    except ValueError:
        raise UsageError(tr("--day {day}: write a day such as 2026-03-15", day=day)) from None
    return RepairSelection(cleaner, column, min_confidence, max_confidence, old, new, run, row, date_of_batch)


def _show(repairs: pl.DataFrame, personal: list[str], limit: int, form: Format, *, selected: bool) -> None:
    """Show repairs, the values of personal columns masked."""
    import polars as pl

    from sluice.domain import MASK, Message
    from sluice.rules.repairs import with_visible_blanks

    if form is Format.table:
        repairs = repairs.with_columns(map(with_visible_blanks, ("old", "new")))
    masked = pl.col("column").is_in(personal)
    table = repairs.head(limit).select(
        pl.col("repair_id").alias("repair"),
        *(pl.when(masked).then(pl.lit(MASK)).otherwise(pl.col(name)).alias(name) for name in ("old", "new")),
        "cleaner",
        "confidence",
        "message",
    )
    show(
        ({**row, "message": render(Message.loads(row["message"] or ""))} for row in table.to_dicts()),
        form,
        empty="no repair is selected" if selected else "no cell was repaired",
    )


def _show_preview(preview: UndoPreview, form: Format) -> None:
    from dataclasses import asdict

    from sluice.domain import Message
    from sluice.rules.previews import describe_undo

    lines = describe_undo(preview)
    show_one({**asdict(preview), "message": Message.join(lines)}, form, "\n".join(map(render, lines)))
