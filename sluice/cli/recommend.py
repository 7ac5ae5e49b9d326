"""Show what shoppers would get: recommend, similar, search."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sluice.cli.language import tr
from sluice.cli.output import BEAT, ConfigOption, Format, FormatOption, Language, language_of, say, show
from sluice.errors import UsageError

app = typer.Typer()


WhereOption = Annotated[list[str] | None, typer.Option("--where", "-w", help="condition on the items: brand=Acme, price<20; may be repeated")]
KOption = Annotated[int, typer.Option("-k", min=1, help="number of items")]


@app.command()
def recommend(
    user: Annotated[str | None, typer.Argument(help="a user's id")] = None,
    popular: Annotated[bool, typer.Option("--popular", help="the items that are most popular now")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="add a sentence that says why, and the past items without any one of which it would not be shown")
    ] = False,
    language: Annotated[Language | None, typer.Option("--language", help="language of the sentences")] = None,
    where: WhereOption = None,
    everyone: Annotated[bool, typer.Option("--all", help="write the list of each user to the file --to")] = False,
    to: Annotated[Path | None, typer.Option("--to", help="with --all: .parquet, .csv, or the folder of a Delta table")] = None,
    region: Annotated[str | None, typer.Option("--region", help="where the user is: without a history they get what is popular there")] = None,
    context: Annotated[list[str] | None, typer.Option("--context", help="where and when it is shown: device=mobile; may be repeated")] = None,
    place: Annotated[str | None, typer.Option("--place", help="where the list is shown, such as mail, for the log of exposures")] = None,
    k: KOption = 10,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Recommend items to a user from the serving model, with their titles; an unknown user gets the popular ones, with a note.

    Items that the user has met are left out, and so are items that the newest catalog no longer holds. `--all --to lists.parquet` writes the lists of all
    users, for mailings: user, position, item, score and the code of the reason. A killed command goes on where it was, and the file is put in place at once.
    """
    from sluice.app import build
    from sluice.wiring.exposures import NOBODY

    if [user is not None, popular, everyone].count(True) != 1:
        raise UsageError(tr("name a user, or use --popular or --all"))
    if everyone != (to is not None):
        raise UsageError(tr("--all and --to belong together: sluice recommend --all --to lists.parquet"))
    if to is not None:
        _write_lists(config, to, k, where or (), form)
        return
    with build(config) as sluice:
        service = sluice.recommender(in_memory=False)
        spoken, around = language_of(language) if explain else None, context or ()
        answer = service.recommend(user, k, where=where or (), language=spoken, region=region, context=around, place=place or NOBODY)
        needed = service.needed(user, k, where=where or (), context=around) if explain and user is not None else {}
        titles = service.titles() if needed else {}
    if answer.note:
        say(answer.note)
    columns = ("item", "title", "score", *(["ad"] if any(item.ad for item in answer) else []), *(["pinned"] if any(item.pinned for item in answer) else []))
    rows = [{name: getattr(item, name) for name in (*columns, *(["reason"] if explain else []))} for item in answer]
    if needed:
        rows = [{**row, "needs": [titles.get(past, past) for past in needed.get(row["item"], ())]} for row in rows]
    show(rows, form)


def _write_lists(config: str, to: Path, k: int, where: Sequence[str], form: Format) -> None:
    from sluice.app import build

    began = reported = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal reported
        if time.monotonic() - reported >= BEAT:
            reported = time.monotonic()
            say(tr("{done:,} of {total:,} users", done=done, total=total))

    with build(config) as sluice:
        written = sluice.recommender().recommend_all(to, k, where=where, report=report)
    seconds = time.monotonic() - began
    new_users = written.users - written.resumed
    speed = tr("{speed:,.0f} users/s", speed=new_users / max(seconds, 0.001))
    say(speed + (tr("; {users:,} users were there already", users=written.resumed) if written.resumed else ""))
    show([{"file": str(to), "users": written.users, "rows": written.rows, "model": written.model}], form)


@app.command()
def similar(
    item: Annotated[str, typer.Argument(help="an item's id")],
    language: Annotated[Language | None, typer.Option("--language", help="language of the reasons")] = None,
    where: WhereOption = None,
    k: KOption = 10,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List the items that are most similar to an item, each with a reason: what the serving model would recommend to somebody who has met this item alone.

    The item may be one that is sold no longer. Items that nothing links to it are left out.
    """
    from sluice.app import build

    with build(config) as sluice:
        answer = sluice.recommender(in_memory=False).similar(item, k, where=where or (), language=language_of(language))
    if answer.note:
        say(answer.note)
    columns = ("item", "title", "score", *(["ad"] if any(item.ad for item in answer) else []), "reason", *(["code"] if form is Format.json else []))
    show(({name: getattr(item, name) for name in columns} for item in answer), form)


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(help='what to look for, such as "red mug"')] = None,
    unanswered: Annotated[bool, typer.Option("--unanswered", help="list the queries that no item answered, the most frequent first")] = False,
    user: Annotated[str | None, typer.Option("--user", "-u", help="id of a user whose taste counts as well")] = None,
    where: WhereOption = None,
    k: KOption = 10,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Search the catalog by words and by their meaning; typing errors are forgiven.

    The columns beside the score show what the words, their meaning and the user's taste each add to it.
    """
    from sluice.app import build

    if (query is None) != unanswered:
        raise UsageError(tr("name what to look for, or use --unanswered"))
    if query is None:
        with build(config) as sluice:
            rows = [asdict(one) for one in sluice.store.unanswered.most_frequent(k)]
        show(rows, form, empty="every query had an answer")
        return
    with build(config) as sluice:
        answer = sluice.recommender(in_memory=False).search(query, k, user=user, where=where or ())
    if answer.note:
        say(answer.note)
    matches = ({"item": item.item, "title": item.title, "score": item.score, **item.parts} for item in answer)
    show(matches, form, empty="no item matches this query")
