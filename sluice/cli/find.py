"""Find a value, a row, a file or a run in what is published, held, repaired and flagged."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from sluice.cli.language import tr
from sluice.cli.output import ConfigOption, Format, FormatOption, say, show

app = typer.Typer()


@app.command()
def find(
    value: Annotated[str, typer.Argument(help="a user, an item, an event, any other whole value, a row id, a file or a run")],
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Find the rows that have a value, or had it before a repair, and runs by file or id; `sluice explain ROW` then tells the life of a row.

    At most 50 rows of each place are listed, and no cells. `sluice find-value` searches every place that stores a value, to erase it.
    """
    from sluice.app import build
    from sluice.store.find import find

    with build(config) as sluice:
        search = find(sluice.store, value)
    show(map(asdict, search.matches), form, empty="nothing has this value")
    if search.total > len(search.matches):
        say(tr("{count:,} more", count=search.total - len(search.matches)))
