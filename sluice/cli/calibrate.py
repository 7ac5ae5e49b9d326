"""What dirt costs: the curve from score to lost Recall, and the limit that follows from it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from sluice.app import build
from sluice.app import cost_curve as costs
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, progress, say, show
from sluice.domain import Cost, Proposal
from sluice.errors import UsageError

app = typer.Typer()


@app.command()
def calibrate(
    bear: Annotated[str, typer.Option(help="how much of Recall@20 a batch may cost: 2%")] = "2%",
    rates: Annotated[str, typer.Option(help="how much of each kind of dirt is planted")] = "5%,10%,20%",
    batches: Annotated[int, typer.Option(min=1, help="how many of the newest accepted batches are dirtied")] = 4,
    kinds: Annotated[str, typer.Option(help="which kinds of dirt, such as crawler,click_farm; all unless named")] = "",
    by: ByOption = "command line",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Measure which score costs how much of Recall@20, on the shop's own accepted batches, and propose the gate's limit.

    Dirties copies of them in each known kind, judges and cleans them as if they had arrived, and lets a fast model learn from what would be published.
    Publishes nothing. From then on every batch is told what it would cost.
    """
    shares = [_share(each, "--rates") for each in rates.split(",")]
    named = [each.strip() for each in kinds.split(",") if each.strip()]
    with build(config) as sluice, progress() as told:
        done = costs.calibrate(sluice, bear=_share(bear, "--bear"), rates=shares, batches=batches, by=by, progress=told, kinds=named)
    show([asdict(probe) for probe in done.probes], form)
    for line in _advice(done.curve.dataset, done.proposal):
        say(line)


def _share(text: str, option: str) -> float:
    try:
        share = float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 < share < 1:
        raise UsageError(f"{option}: {text!r} is no share between 0 and 1; write 2% or 0.02")
    return share


def _advice(dataset: str, proposal: Proposal) -> list[str]:
    """The proposal as people read it."""
    if proposal.minimum is None or proposal.cost is None:
        why = (
            "no limit keeps the cost within"
            if proposal.wanted is None
            else "too many accepted batches score below all that was measured to keep the cost within"
        )
        end = ": even the best score costs more" if proposal.wanted is None else ""
        lines = [f"{why} {proposal.bear:.1%} of Recall@20{end}"]
    else:
        lines = [
            f"to bear {proposal.bear:.1%} of Recall@20, write under datasets.{dataset}: `gate: {{minimum: {proposal.minimum:g}}}`",
            f"a batch whose worst dimension is {proposal.minimum:g} would cost {shown(proposal.cost)}",
        ]
        if proposal.wanted is not None and proposal.wanted > proposal.minimum:
            lines.append(f"a limit of {proposal.wanted:g} would keep it, and would hold batches like those that were accepted")
    if proposal.unseen:
        told = ", ".join(f"{kind} at {rate:.0%}" for kind, rate in proposal.unseen)
        lines.append(f"the gate would let through, though it costs more: {told}; a rule or detector that sees it would help")
    return lines


def shown(cost: Cost) -> str:
    """A cost as people read it."""
    return f"about {cost.share:.1%} of Recall@20 ({cost.low:.1%} to {cost.high:.1%})"
