"""Write a first configuration for a folder of data: `sluice init`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.difference import offer_difference
from sluice.cli.language import render, spoken, tr, word
from sluice.cli.output import Format, FormatOption, progress, say, show
from sluice.cli.schema import write_editor_schema
from sluice.errors import SourceError, UsageError

if TYPE_CHECKING:
    from sluice.domain import Message

app = typer.Typer()


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="the landing folder: CSV, JSON, Parquet, XML or spreadsheet files")],
    to: Annotated[Path, typer.Option(help="where to write the configuration")] = Path("sluice.yaml"),
    force: Annotated[bool, typer.Option("--force", help="write over an existing one")] = False,
    write: Annotated[bool, typer.Option("--write", help="write what a grown folder adds into the existing one")] = False,
    form: FormatOption = Format.table,
) -> None:
    """Describe the data in a folder, and write a commented sluice.yaml with a suite suggested for each dataset.

    Where there is a sluice.yaml, what the folder has beside it is proposed as a difference: new datasets and columns, and as comments the columns
    that are gone and the files that no dataset takes. Nothing that is written there changes.
    """
    if not folder.is_dir():
        raise UsageError(tr("{folder}: no such folder; name the one where your files land", folder=folder))
    try:
        if to.exists() and not force:
            _grow(folder, to, form, write=write)
        else:
            _begin(folder, to, form)
    except SourceError as error:
        from sluice.messages import error_message, make_error

        raise make_error(UsageError, error_message(error)) from None


def _begin(folder: Path, to: Path, form: Format) -> None:
    """Write a first configuration."""
    from sluice.app.config_scaffold import describe_read, scaffold_config
    from sluice.app.unguarded import describe_unguarded

    with progress() as report:
        datasets, text, checks = scaffold_config(folder, to.resolve().parent, _say, report, spoken())
    show(
        datasets
        if form is Format.json
        else [_translated({name: value for name, value in facts.items() if name not in {"partly_checked", "read", "unguarded"}}) for facts in datasets],
        form,
    )
    to.write_text(write_editor_schema(to.resolve().parent) + text, encoding="utf-8")
    say(tr("wrote {path}: read it, change what is wrong, then run `sluice run --config {config}`", path=to, config=shlex.quote(str(to))))
    for facts in datasets:
        if line := describe_read(facts):
            say(render(line))
        if facts.get("tracking plan"):
            say(tr("{dataset}: tracking plan: {plan}", dataset=facts["dataset"], plan=facts["tracking plan"]))
        if isinstance(columns := facts["unguarded"], list) and columns:
            say(render(describe_unguarded(str(facts["dataset"]), columns)))
    for check in checks:
        advice = render(check.reason)
        say(f"CHECK: {check.place}: {advice}" if check.place else f"CHECK: {advice}")


def _grow(folder: Path, to: Path, form: Format, *, write: bool) -> None:
    """Propose what the folder adds to the existing configuration."""
    from sluice.app.config_growth import edited, propose_growth

    with progress() as report:
        growths = propose_growth(folder, to, _say, report)
    text, difference = edited(to, growths, spoken())
    show(
        [{**facts, "proposal": word(str(facts["proposal"]))} for growth in growths for facts in growth.facts()],
        form,
        empty=tr("nothing to add: {path} describes the files of {folder}", path=to, folder=folder),
    )
    offer_difference(to, text, difference, form, write=write)
    if difference and not write:
        say("`--force` writes the whole file anew")


def _say(reason: Message) -> None:
    say(render(reason))


def _translated(facts: Mapping[str, object]) -> Mapping[str, object]:
    """Return facts of a dataset in the chosen language: what its files look like, and that there is no key."""
    from sluice.app.config_scaffold import NO_KEY
    from sluice.domain import Message

    platform, key = str(facts["looks like"]), str(facts["key"])
    return {**facts, "looks like": render(Message.of("platform_title", platform=platform)) if platform else "", "key": word(key) if key == NO_KEY else key}
