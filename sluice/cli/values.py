"""Find a value in everything that Sluice stores, and erase it: `sluice find-value`, `sluice erase-value`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import ntr, tr
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, ReasonOption, say, show
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.store.values import Occurrence, ValueQuery

app = typer.Typer()


DatasetArgument = Annotated[str, typer.Argument(help="the dataset of --key; leave it out to search for a value", show_default=False)]
KeyOption = Annotated[str, typer.Option("--key", help="the rows of a key: user_id=u17, or user_id alone, whose value is then read from standard input")]


@app.command("find-value")
def find(dataset: DatasetArgument = "", key: KeyOption = "", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Find where a value is stored, or the rows of a key with what their personal columns hold.

    The value is read from standard input, so that it enters no history of the shell.
    """
    from sluice.app import build
    from sluice.app.values import find_value

    search = _read_query(dataset, key)
    with build(config) as sluice:
        query = search(sluice)
        occurrences = find_value(sluice, query)
    _say_local(query)
    show(_facts(occurrences), form, empty="the value is stored nowhere")


@app.command("erase-value")
def erase(
    dataset: DatasetArgument = "",
    key: KeyOption = "",
    by: ByOption = "",
    reason: ReasonOption = "",
    yes: Annotated[bool, typer.Option("--yes", help="erase it; without this, only show where it is")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Erase a value from what Sluice stores, or with --key the key and the personal columns of its rows, and what these hold elsewhere.

    This anonymises and deletes no row: the rows of a key stay, with their other columns, and count in what is learned as those of an unknown person.

    The value is read from standard input, so that it enters no history of the shell. In texts a random word stands in its place, the same everywhere;
    numbers and times become empty. Snapshots from before give the same
    rows without the value. --by and --reason may not contain the value, since the activity log keeps them.

    Exit codes: 0 the value is stored nowhere any more; 1 it is still stored where the output says; 2 wrong usage.
    """
    import secrets

    from sluice.app import build
    from sluice.app.values import erase_value, find_value

    search = _read_query(dataset, key)
    if yes and not (by and reason):
        raise UsageError(tr("an erasure needs --by and --reason, for the activity log"))
    with build(config) as sluice:
        query = search(sluice)
        _say_local(query)
        if not yes:
            show(_facts(find_value(sluice, query)), form, empty="the value is stored nowhere")
            say("`--yes` erases it; it cannot be undone")
            return
        erasure = erase_value(sluice, query, f"erased-{secrets.token_hex(4)}", by=by, reason=reason)
    show(_facts(erasure.remaining), form, empty="the value is stored nowhere any more")
    for sentence in (*erasure.steps, *erasure.ended):
        say(sentence)
    if erasure.remaining:
        raise typer.Exit(1)


def _read_query(dataset: str, key: str) -> Callable[[App], ValueQuery]:
    """Read what is searched; it is completed by the application, which knows the rows of a key."""
    from sluice.app.key_values import key_query
    from sluice.store.values import ValueQuery
    from sluice.wiring.forget_key import keys_at_hand

    if bool(dataset) != bool(key):
        raise UsageError(tr("give a dataset and --key together (`sluice find-value customers --key user_id`), or neither to search for a value"))
    column, _, value = key.partition("=")
    text = value or _read_value()
    if not key:
        ValueQuery(text)  # which refuses one that is too short, before anything is opened
        return lambda sluice: ValueQuery(text, keys=keys_at_hand(sluice.store.suppressions.all()))
    if not text.strip():
        raise UsageError(tr("--key names no value of {column}", column=column))
    return lambda sluice: key_query(sluice, dataset, column, text.strip())


def _read_value() -> str:
    import getpass

    return getpass.getpass(tr("value: ")) if sys.stdin.isatty() else sys.stdin.readline()


def _say_local(query: ValueQuery) -> None:
    from sluice.store.values import KeyQuery

    if isinstance(query, KeyQuery) and query.local:
        say(
            ntr(
                "{count} value of its personal columns may be other people's too (a city, a short number): it is searched in its rows alone; "
                "without --key, a value is searched everywhere",
                "{count} values of its personal columns may be other people's too (a city, a short number): they are searched in its rows alone; "
                "without --key, a value is searched everywhere",
                query.local,
            )
        )


def _facts(occurrences: Sequence[Occurrence]) -> list[Mapping[str, object]]:
    return [{"place": entry.place.name, "where": entry.where, "count": entry.count, "erased by": entry.place.eraser.replace("_", " ")} for entry in occurrences]
