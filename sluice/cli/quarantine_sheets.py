"""Export held rows as a sheet, and import the right values that a person filled in: `sluice quarantine export`, `sluice quarantine import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import ntr, render, tr
from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, Language, ReasonOption, language_of, say, show, show_one
from sluice.cli.quarantine import show_preview, submit_and_carry_out
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.sheets.write import SheetFormat

app = typer.Typer()
ToOption = Annotated[Path, typer.Option("--to", help="file to write: `.xlsx`, `.csv` or `.parquet`", dir_okay=False)]
ForceOption = Annotated[bool, typer.Option("--force", help="replace a file of that name")]


@app.command("export")
def export(
    dataset: DatasetArgument,
    to: ToOption,
    rule: Annotated[str | None, typer.Option("--rule", "-r", help="only rows that are held for this rule, alone or with others")] = None,
    language: Annotated[Language | None, typer.Option(help="language of headers and reasons")] = None,
    force: ForceOption = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Write the held rows as a sheet to fill in: row id, reason, file and row, the cells, and beside each column to blame a blank one for the right value.

    In a spreadsheet, cells to blame are red and those for right values yellow. No text becomes a formula; personal columns are masked. With --rule, the
    rows that this rule holds, with or without others. `sluice quarantine import` reads the file again.
    """
    from sluice.app import build
    from sluice.sheets.write import write_sheet
    from sluice.wiring.held_sheets import sheet_of

    kind = _format_of(to)
    if to.exists() and not force:
        raise UsageError(tr("{path} exists, and may be filled in already; choose another name, or --force", path=to))
    with build(config) as sluice:
        sheet = sheet_of(sluice.config, sluice.store, sluice.require_dataset(dataset), rule, language_of(language))
    if not sheet.height:
        raise UsageError(tr("{dataset}: no row is held for {rule}", dataset=dataset, rule=rule) if rule else tr("{dataset}: no row is held", dataset=dataset))
    to.write_bytes(write_sheet(sheet, kind))
    show_one({"file": str(to), "rows": sheet.height}, form, ntr("{path}: {count} held row", "{path}: {count} held rows", sheet.height, path=to))


@app.command("import")
def import_(
    dataset: DatasetArgument,
    file: Annotated[Path, typer.Argument(help="the sheet of `sluice quarantine export`, filled in", exists=True, dir_okay=False)],
    preview: Annotated[bool, typer.Option("--preview", help="say what would be published, and which rows would be left out; publish nothing")] = False,
    by: ByOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Judge held rows again with the right values of a sheet, and publish those that pass.

    No rule is waived. Each changed cell is recorded as a repair by the cleaner `steward`; `sluice undo` takes the published rows back. Rows that still fail,
    that are held no longer, that the sheet names twice, or whose value is not of the column's type are left as they are, and named.
    """
    from sluice.app import build
    from sluice.app.previews import preview_correction
    from sluice.domain import Request
    from sluice.wiring.held_sheets import corrections_of, notes_of

    with build(config) as sluice:
        if file.stat().st_size > sluice.config.limits.file:
            raise UsageError(tr("{path} is larger than limits.file allows ({bytes:,} bytes)", path=file, bytes=sluice.config.limits.file))
        sheet = corrections_of(sluice.config, sluice.require_dataset(dataset), file.read_bytes())
        for note in notes_of(sluice.config, sluice.store, dataset, sheet):
            say(render(note))
        request = Request("preview", "correct", dataset, by, reason, sluice.now(), sheet.rows)
        if preview:
            show_preview(preview_correction(sluice, request, sheet.cells), form)
            return
        answer = submit_and_carry_out(sluice, request, sheet.cells)
    show([answer], form)
    if answer["state"] != "done":
        raise typer.Exit(1)


def _format_of(path: Path) -> SheetFormat:
    from sluice.sheets.write import ENDINGS

    kind = ENDINGS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(tr("--to {path}: name a file that ends in {endings}", path=path, endings=", ".join(ENDINGS)))
    return kind
