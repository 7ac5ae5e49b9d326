"""Say in one sentence per dataset what is new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import render
from sluice.cli.output import ConfigOption, Format, FormatOption, say, show
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.domain import News

app = typer.Typer()


@app.command()
def today(
    since: Annotated[str, typer.Option(help="how far back news goes, by the time of reading: 12h, 7d")] = "1d",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Say in one sentence per dataset what happened, the worst first: held rows and why, files that could not be read, gates, incidents."""
    from sluice.app import build
    from sluice.config import parse_duration
    from sluice.messages import error_message, make_error
    from sluice.wiring.today import news_of, quiet_note

    try:
        back = parse_duration(since)
    except ValueError as error:
        raise make_error(UsageError, "setting_problem", name="--since", problem=error_message(error)) from None
    with build(config) as sluice:
        news = news_of(sluice.config, sluice.store, sluice.now() - back, sluice.now())
        note = None if any(entry.wrong for entry in news) else quiet_note(sluice.config, sluice.store)
    show([{**_facts(entry), **_override(entry)} if form is Format.json else _facts(entry) for entry in news], form)  # the sentence names an override
    if note:
        say(render(note))


def _override(news: News) -> Mapping[str, object]:
    """Return until when an override opens the gate."""
    return {"overridden_until": news.override.expires if news.override else None}


def _facts(news: News) -> Mapping[str, object]:
    facts = {"dataset": news.dataset, "gate": news.gate, "news": news.message, "run": news.run or None, "rule": news.rule or None}
    return {**facts, "held": news.held, "incident": news.incident, "cleaner": news.cleaner or None}
