"""Label rows at a terminal, so that the cleaner `cell_errors` learns from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import ntr, tr, word
from sluice.cli.output import ConfigOption, DatasetArgument, say
from sluice.cli.terminal_text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleaning.cell_errors.labelling import NextRow
    from sluice.app.cell_labels import LabelSession

app = typer.Typer()

_HELP = "Enter: the rest is right · 3=Kiel: the right value of cell 3 (3= empties it) · u: undo · s: skip · q: end"


@app.command("label")
def label(
    dataset: DatasetArgument,
    to: Annotated[Path | None, typer.Option(help="CSV file of the labels; by default the one that the dataset of labels reads, or labels/DATASET.csv")] = None,
    rows: Annotated[int, typer.Option(min=1, help="number of labelled rows at which it ends")] = 20,
    config: ConfigOption = "sluice.yaml",
) -> None:
    """Ask which cells of a few rows are wrong, and what should stand there; `cell_errors` then finds and repairs cells like them.

    Sluice chooses the rows: each holds kinds of cells that no labelled row holds, suspicious ones first. A row is shown as it arrived, with its suspects
    marked. Enter says that the rest of the row is right. Each answer is written to the file at once; with the same file the next call goes on.

    The file has the columns `row`, `column`, `value` and `answer`, and belongs into the folder of a dataset of labels that the cleaner names.
    """
    from sluice.app import build
    from sluice.app.cell_labels import start_labelling
    from sluice.config.label_settings import label_path
    from sluice.store.ids import new_id

    with build(config) as sluice:
        sluice.require_dataset(dataset)
        session = start_labelling(sluice, dataset, to or label_path(sluice.config, dataset), new_id())
    typer.echo(tr(_HELP))
    while len(session.labelled) < rows and (chosen := session.next_row()) is not None:
        if not _ask(session, chosen):
            break
    typer.echo(ntr("{count} row is labelled in {path}", "{count} rows are labelled in {path}", len(session.labelled), path=session.path))
    _show_contradictions(session)


def _ask(session: LabelSession, chosen: NextRow) -> bool:
    """Ask about one row; return False where the person ends."""
    _show(session, chosen)
    corrected: dict[str, str] = {}
    names = list(session.cells(chosen.row))
    while True:
        answer = typer.prompt("", default="", show_default=False, prompt_suffix="> ").strip()
        if answer == "":
            session.label(chosen.row, corrected)
            return True
        if answer in ("q", "s", "u"):
            return _command(session, chosen, answer)
        number, sign, value = answer.partition("=")
        if sign and number.strip().isascii() and number.strip().isdecimal() and 0 < int(number) <= len(names):
            corrected[names[int(number) - 1]] = value.strip()
        else:
            typer.echo(tr("{answer} is no answer.", answer=visible(answer)) + f" {tr(_HELP)}")


def _command(session: LabelSession, chosen: NextRow, answer: str) -> bool:
    if answer == "s":
        session.skipped.append(chosen.row)
    if answer == "u" and not session.undo():
        typer.echo(tr("no answer of this session is left to take back"))
    return answer != "q"


def _show_contradictions(session: LabelSession) -> None:
    """Say which labels contradict each other."""
    for conflict in session.contradictions():
        say(
            tr(
                "labels contradict each other: {column} should be {first_value!r} in row {first} and {second_value!r} in row {second}, "
                "whose cells are equal; correct one of them in {path}",
                column=conflict.column,
                first_value=visible(conflict.first_value),
                first=conflict.first,
                second_value=visible(conflict.second_value),
                second=conflict.second,
                path=session.path,
            )
        )


def _show(session: LabelSession, chosen: NextRow) -> None:
    """Print a row with its suspects marked, and what its label brings."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells: Mapping[str, str] = session.cells(chosen.row)
    suspects = session.suspects(chosen.row)
    table = Table(box=None, pad_edge=False, show_header=False)
    for number, (name, value) in enumerate(cells.items(), 1):
        signs = ", ".join(word(sign.replace("_", " ")) for sign in suspects.get(name, ()))
        table.add_row(str(number), Text(visible(name)), Text(visible(value), style="bold red" if signs else ""), Text(f"? {signs}" if signs else ""))
    console = Console()
    console.print(
        "\n"
        + tr(
            "row {number}: the labels cover {covered:.0%} of the kinds of cells, this one adds {gain:.1%}",
            number=len(session.labelled) + 1,
            covered=chosen.covered,
            gain=chosen.gain,
        )
    )
    if chosen.enough:
        console.print(tr("more labels hardly add anything: q ends"))
    console.print(table)
