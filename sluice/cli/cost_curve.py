"""Measure the cost curve, from score to lost Recall, and the limit that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import tr
from sluice.cli.output import ConfigOption, Format, FormatOption, NamedOption, progress, say, score_cell, show
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.domain import Cost, Proposal

app = typer.Typer()


@app.command()
def cost_curve(
    max_recall_loss: Annotated[str, typer.Option(help="share of Recall@20 that a batch may cost: 2%")] = "2%",
    rates: Annotated[str, typer.Option(help="shares of the rows that get each kind of fault")] = "5%,10%,20%",
    batches: Annotated[int, typer.Option(min=1, help="number of the newest accepted batches that get faults")] = 4,
    kinds: Annotated[str, typer.Option(help="kinds of faults, such as crawler,click_farm; all unless named")] = "",
    by: NamedOption = "command line",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Measure which score costs how much of Recall@20, on the shop's own accepted batches, and propose the gate's limit.

    Injects every kind of fault into copies of them, judges and cleans the copies as if they had arrived, and trains a fast model on what would be
    published. Publishes nothing. From then on `sluice run` states for every batch what it would cost.
    """
    from dataclasses import asdict

    from sluice.app import build
    from sluice.app.cost_curve import measure_cost_curve

    shares = [_share(rate, "--rates") for rate in rates.split(",")]
    named = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    loss = _share(max_recall_loss, "--max-recall-loss")
    with build(config) as sluice, progress() as report:
        result = measure_cost_curve(sluice, max_recall_loss=loss, rates=shares, batches=batches, by=by, progress=report, kinds=named)
    show([asdict(probe) | {"score": score_cell(probe.score)} for probe in result.probes], form)
    for sentence in _advice(result.curve.dataset, result.proposal):
        say(sentence)


def _share(text: str, option: str) -> float:
    try:
        share = float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 < share < 1:
        raise UsageError(tr("{option}: {text!r} is no share between 0 and 1; write 2% or 0.02", option=option, text=text))
    return share


def _advice(dataset: str, proposal: Proposal) -> list[str]:
    """Format the proposal for people."""
    advice = _without_limit(proposal) if proposal.minimum is None or proposal.cost is None else _with_limit(dataset, proposal, proposal.minimum, proposal.cost)
    if proposal.undetected:
        faults = ", ".join(f"{kind} {rate:.0%}" for kind, rate in proposal.undetected)
        advice.append(tr("the gate would let through, though it costs more: {faults}; a rule or detector that finds it would help", faults=faults))
    return advice


def _without_limit(proposal: Proposal) -> list[str]:
    share = f"{proposal.max_recall_loss:.1%}"
    if proposal.required_minimum is None:
        return [tr("no limit keeps the cost within {share} of Recall@20: even the best score costs more", share=share)]
    return [tr("too many accepted batches score below all that was measured to keep the cost within {share} of Recall@20", share=share)]


def _with_limit(dataset: str, proposal: Proposal, minimum: float, cost: Cost) -> list[str]:
    advice = [
        tr(
            "to lose at most {share:.1%} of Recall@20, write under datasets.{dataset}: `gate: {{minimum: {minimum:g}}}`",
            share=proposal.max_recall_loss,
            dataset=dataset,
            minimum=minimum,
        ),
        tr("a batch whose worst dimension is {minimum:g} would cost {cost}", minimum=minimum, cost=format_cost(cost)),
    ]
    if proposal.required_minimum is not None and proposal.required_minimum > minimum:
        advice.append(tr("a limit of {minimum:g} would keep it, and would hold batches like those that were accepted", minimum=proposal.required_minimum))
    return advice


def format_cost(cost: Cost) -> str:
    """Format a cost for people."""
    return tr("about {share:.1%} of Recall@20 ({low:.1%} to {high:.1%})", share=cost.share, low=cost.low, high=cost.high)
