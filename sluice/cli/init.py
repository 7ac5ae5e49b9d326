"""Write a first configuration for a folder of data: `sluice init`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from sluice.cli.output import Format, FormatOption, say, show
from sluice.cli.schema import write_editor_schema
from sluice.errors import SourceError, UsageError

app = typer.Typer()


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="the landing folder: CSV, JSON, Parquet, XML or spreadsheet files")],
    to: Annotated[Path, typer.Option(help="where to write the configuration")] = Path("sluice.yaml"),
    force: Annotated[bool, typer.Option("--force", help="write over an existing one")] = False,
    form: FormatOption = Format.table,
) -> None:
    """Describe the data in a folder, and write a commented sluice.yaml with a suite suggested for each dataset."""
    from sluice.app.config_scaffold import scaffold_config
    from sluice.app.unguarded import describe_unguarded

    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; name the one where your files land")
    if to.exists() and not force:
        raise UsageError(f"{to} is there already; --force writes over it, --to writes elsewhere")
    try:
        datasets, text, checks = scaffold_config(folder, to.resolve().parent, say)
    except SourceError as error:
        raise UsageError(str(error)) from None
    show(datasets if form is Format.json else [{name: value for name, value in facts.items() if name != "unguarded"} for facts in datasets], form)
    to.write_text(write_editor_schema(to.resolve().parent) + text, encoding="utf-8")
    say(f"wrote {to}: read it, change what is wrong, then run `sluice run --config {shlex.quote(str(to))}`")
    for facts in datasets:
        if facts.get("tracking plan"):
            say(f"{facts['dataset']}: tracking plan: {facts['tracking plan']}")
        if isinstance(columns := facts["unguarded"], list) and columns:
            say(describe_unguarded(str(facts["dataset"]), columns))
    for check in checks:
        say(f"CHECK: {check.place}: {check.text}" if check.place else f"CHECK: {check.text}")
