"""Find a value in everything that Sluice stores, and erase it: `sluice find-value`, `sluice erase-value`."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, ReasonOption, say, show
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.store.values import Occurrence, ValueQuery

app = typer.Typer()


@app.command("find-value")
def find(config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Find where a value is stored. The value is read from standard input, so that it enters no history of the shell."""
    from sluice.app import build
    from sluice.app.values import find_value

    query = _read_query()
    with build(config) as sluice:
        occurrences = find_value(sluice, query)
    show(_facts(occurrences), form, empty="the value is stored nowhere")


@app.command("erase-value")
def erase(
    by: ByOption = "",
    reason: ReasonOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="erase it; without this, only show where it is")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Erase a value from what Sluice stores. The value is read from standard input, so that it enters no history of the shell.

    In texts a random word stands in its place, the same everywhere; numbers and times become empty. Older versions of the tables are removed.
    """
    from sluice.app import build
    from sluice.app.values import erase_value, find_value

    query = _read_query()
    if yes and not (by and reason):
        raise UsageError("an erasure needs --by and --reason, for the activity log")
    with build(config) as sluice:
        if not yes:
            show(_facts(find_value(sluice, query)), form, empty="the value is stored nowhere")
            say("`--yes` erases it; it cannot be undone")
            return
        erasure = erase_value(sluice, query, f"erased-{secrets.token_hex(4)}", by=by, reason=reason)
    show(_facts(erasure.remaining), form, empty="the value is stored nowhere any more")
    for step in erasure.steps:
        say(step)
    if erasure.remaining:
        raise typer.Exit(1)


def _read_query() -> ValueQuery:
    import getpass

    from sluice.store.values import ValueQuery

    return ValueQuery(getpass.getpass("value: ") if sys.stdin.isatty() else sys.stdin.readline())


def _facts(occurrences: Sequence[Occurrence]) -> list[Mapping[str, object]]:
    return [{"place": entry.place.name, "where": entry.where, "count": entry.count, "erased by": entry.place.eraser.replace("_", " ")} for entry in occurrences]
