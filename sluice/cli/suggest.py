"""Suggest rules from accepted history: `sluice suggest`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from sluice.cli.difference import offer_difference
from sluice.cli.language import render, spoken, tr
from sluice.cli.output import ConfigOption, DatasetArgument, Format, FormatOption, parse_span, say, show

app = typer.Typer()


@app.command()
def suggest(
    dataset: DatasetArgument,
    write: Annotated[bool, typer.Option("--write", help="write the additions, the changed limits and the rules named by --hold into sluice.yaml")] = False,
    prose: Annotated[
        str, typer.Option("--from", help='draft rules from a sentence, by the language model of sluice.yaml: "prices of socks are never above 5,000"')
    ] = "",
    since: Annotated[str, typer.Option("--since", help="with --from: how far back drafted rules are tried on recorded batches")] = "28d",
    hold: Annotated[list[str] | None, typer.Option("--hold", help="id of a proposed rule that is to hold rows from now on; can be repeated")] = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Suggest rules from what was accepted, as a difference of sluice.yaml with the evidence of each rule.

    Additions report and hold nothing. A rule that accepted batches fail again and again is proposed with the limits that they suggest.

    A rule that only reports is proposed to hold rows after 14 batches without a failing row; it does so once
    you name it with --hold.

    With --from, the language model drafts the rules that a sentence means, from names and types of the columns alone. They are shown as a difference of
    sluice.yaml and judged on recorded batches as `sluice check --since` does; --write writes them.
    """
    if prose:
        _draft(dataset, prose, parse_span(since, "--since"), config, form, write=write)
        return
    from sluice.app import build
    from sluice.app.suite_proposals import diff, propose

    path = Path(config)
    with build(config) as sluice:
        proposals = propose(sluice, dataset)
    text, difference = diff(path, proposals, hold or (), spoken())
    show(proposals.facts(spoken()), form, empty=tr("nothing to suggest for {dataset}", dataset=dataset))
    offer_difference(path, text, difference, form, write=write)
    remaining = [proposal.rule for proposal in proposals.holding if proposal.rule not in (hold or ())]
    if remaining:
        say(tr("a rule begins to hold rows when you accept it: sluice suggest {dataset} --hold {rule} --write", dataset=dataset, rule=remaining[0]))


def _draft(dataset: str, prose: str, since: timedelta, config: str, form: Format, *, write: bool) -> None:
    """Draft rules from prose, and show them as a difference with what they would have done."""
    from sluice.app import build
    from sluice.app.language_model.drafting import draft_rules
    from sluice.app.rule_trials import open_candidate
    from sluice.cli.backtest import judge_batches, show_entries

    path = Path(config)
    with build(config) as sluice:
        draft = draft_rules(sluice, dataset, prose)
    for reason in draft.refused:
        say(render(reason))
    for sentence in draft.unclear:
        say(tr("no rule says this: {sentence}", sentence=sentence))
    if not draft.rules:
        show([], form, empty=tr("nothing to suggest for {dataset}", dataset=dataset))
        return
    offer_difference(path, draft.text, draft.difference, form, write=False)
    with open_candidate(path, draft.text) as candidate:
        entries, rebuilt = judge_batches(candidate, [dataset], since)
    show_entries(entries, rebuilt, form, {"difference": draft.difference, "unclear": draft.unclear, "refused": draft.refused})
    if write:
        offer_difference(path, draft.text, draft.difference, Format.json, write=True)
