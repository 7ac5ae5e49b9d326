"""Suggest rules from accepted history: `sluice suggest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sluice.cli.difference import offer_difference
from sluice.cli.language import spoken, tr
from sluice.cli.output import ConfigOption, DatasetArgument, Format, FormatOption, say, show

app = typer.Typer()


@app.command()
def suggest(
    dataset: DatasetArgument,
    write: Annotated[bool, typer.Option("--write", help="write the additions, the changed limits and the rules named by --hold into sluice.yaml")] = False,
    hold: Annotated[list[str] | None, typer.Option("--hold", help="id of a proposed rule that is to hold rows from now on; can be repeated")] = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Suggest rules from what was accepted, as a difference of sluice.yaml with the evidence of each rule.

    Additions report and hold nothing. A rule that accepted batches fail again and again is proposed with the limits that they suggest.

    A rule that only reports is proposed to hold rows after 14 batches without a failing row; it does so once
    you name it with --hold.
    """
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
