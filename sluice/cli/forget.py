"""Erase a person from everything that Sluice stores: `sluice forget`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import ntr, tr
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, ReasonOption, say, show
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.app.forget import ForgetPreview
    from sluice.app.values import Erasure
    from sluice.domain import Identifier
    from sluice.store.values import Occurrence

app = typer.Typer()

UserArgument = Annotated[str, typer.Argument(help="what the user column of the recommender holds; `-` reads it from standard input", show_default=False)]


@app.command()
def forget(
    user: UserArgument = "",
    column: Annotated[list[str] | None, typer.Option("--column", help="a column that identifies the person; repeat it with --value for several")] = None,
    value: Annotated[list[str] | None, typer.Option("--value", help="what the column holds; `-` reads it from standard input")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only show where something of the person is stored")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask; without it and without a terminal, nothing is erased")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="delete the person's rows, in place of pseudonyms in them; it cannot be undone")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="end erasures that were interrupted; name nobody")] = False,
    by: ByOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Forget a person: erase their identifiers and the personal cells of their rows from everything that Sluice stores.

    Their rows are those with the identifier in the user column, or in --column, of any dataset, and in the columns that rules compare with it. A
    pseudonym stands in the place of each cell, computed under the key in the environment variable SLUICE_FORGET_KEY; numbers and times become empty.
    Rows stay and count, as those of an unknown person; with --delete they are deleted, and count as rejected. Values that only this person has are
    erased wherever else they stand. Snapshots from before give the same rows without the person. Files of the shop are named, not changed.

    Exit codes: 0 nothing of the person is stored any more; 1 something is, where the output says; 2 wrong usage, or no key; 3 a worker is busy.
    """
    from sluice.app import build
    from sluice.app import forget as forgetting

    with build(config) as sluice:
        if resume:
            _resume(sluice, form)
            return
        identifiers = forgetting.identify(sluice, _read(user), column or [], [_read(one) for one in value or []])
        if not yes and not _confirmed(sluice, identifiers, form, dry_run=dry_run):
            return
        if not (by and reason):
            raise UsageError(tr("an erasure needs --by and --reason, for the activity log"))
        erasure = forgetting.forget(sluice, identifiers, by=by, reason=reason, mode="delete" if delete else "pseudonymise")
    _report(erasure, form)


def _confirmed(sluice: App, identifiers: Sequence[Identifier], form: Format, *, dry_run: bool) -> bool:
    """Show what an erasure would change, and ask whether it may; False where nobody can answer."""
    from sluice.app.forget import preview
    from sluice.wiring.forget_key import preview_keys

    records = sluice.store.suppressions.all()
    _show_preview(preview(sluice, identifiers, preview_keys(records)), form, first=not records)
    if dry_run:
        return False
    if not sys.stdin.isatty():
        say("`--yes` erases it; it cannot be undone")
        return False
    return typer.confirm(tr("erase it? It cannot be undone"), err=True)


def _show_preview(stored: ForgetPreview, form: Format, *, first: bool) -> None:
    if first:
        say(
            "people are recognised by the key in SLUICE_FORGET_KEY alone: if it is lost, their rows come back with what the shop sends again, and cannot be "
            "found by their identifiers; keep a copy of it"
        )
    show(_facts(stored.occurrences), form, empty="nothing of the person is stored")
    if stored.local:
        say(
            ntr(
                "{count} value of their personal columns may be other people's too (a city, a short number): erased in their rows alone",
                "{count} values of their personal columns may be other people's too (a city, a short number): erased in their rows alone",
                stored.local,
            )
        )
    for model in stored.models:
        say(model)


def _resume(sluice: App, form: Format) -> None:
    from sluice.app.forget import resume

    erasures = list(resume(sluice))
    if not erasures:
        say("no erasure was interrupted")
    for erasure in erasures:
        _report(erasure, form)


def _report(erasure: Erasure, form: Format) -> None:
    show(_facts(erasure.remaining), form, empty="nothing of the person is stored any more")
    for sentence in (*erasure.steps, *erasure.ended):
        say(sentence)
    say("not searched: backups, exports, the shop's own SQL tables, PostgreSQL's write-ahead log and replicas, and what weights of models remember")
    if erasure.remaining:
        raise typer.Exit(1)


def _read(text: str) -> str:
    """Return a text, or what is read in its place, so that it enters no history of the shell."""
    import getpass

    if text != "-":
        return text
    return (getpass.getpass(tr("value: ")) if sys.stdin.isatty() else sys.stdin.readline()).strip()


def _facts(occurrences: Sequence[Occurrence]) -> list[Mapping[str, object]]:
    return [{"place": entry.place.name, "where": entry.where, "count": entry.count, "erased by": entry.place.eraser.replace("_", " ")} for entry in occurrences]
