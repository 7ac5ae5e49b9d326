"""What shoppers would get: recommend, search."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from recommender.explain.sentence import Language
from sluice.app import build
from sluice.cli.output import ConfigOption, Format, FormatOption, say, show
from sluice.errors import UsageError

app = typer.Typer()


class Tongue(StrEnum):
    """The language of a sentence."""

    en = "en"
    zh = "zh"


KOption = Annotated[int, typer.Option("-k", min=1, help="how many")]


@app.command()
def recommend(
    user: Annotated[str | None, typer.Argument(help="a user's id")] = None,
    popular: Annotated[bool, typer.Option("--popular", help="what most people want now")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="say of each item why, in one sentence")] = False,
    language: Annotated[Tongue, typer.Option("--language", help="of the sentences")] = Tongue.en,
    k: KOption = 10,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Recommend items to a user from the serving model, with their titles; an unknown user gets the popular ones, and is told so.

    What he has met already is left out, and so is what the newest catalog no longer holds.
    """
    if (user is None) != popular:
        raise UsageError("name a user, or ask for --popular")
    spoken: Language = "zh" if language is Tongue.zh else "en"
    with build(config) as sluice:
        answer = sluice.recommend(user, k, spoken if explain else None)
    if answer.note:
        say(answer.note)
    more = (["ad"] if any(each.ad for each in answer.items) else []) + (["reason"] if explain else [])
    show(({name: getattr(each, name) for name in ("item", "title", "score", *more)} for each in answer.items), form, widest=200)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help='what to look for, such as "red mug"')],
    user: Annotated[str | None, typer.Option("--user", "-u", help="whose taste counts as well")] = None,
    where: Annotated[list[str] | None, typer.Option("--where", "-w", help="what an item must be: brand=Acme, price<20; may be given again")] = None,
    k: KOption = 10,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Search the catalog by words and by what they mean; typing errors are forgiven.

    The columns beside the score tell what the words, their meaning and the user's taste each add to it.
    """
    with build(config) as sluice:
        server = sluice.server(whole=False)
        answer = server.search(query, k, user=user, where=where or ())
    rows = ({"item": each.item, "title": each.title, "score": each.score, **each.parts} for each in answer)
    show(rows, form, empty="nothing answers this query")
