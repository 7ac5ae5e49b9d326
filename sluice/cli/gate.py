"""Query and override the gate of a dataset."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, say, show_one
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.domain import Decision, Message

app = typer.Typer()
MAX_OVERRIDE = timedelta(days=366)
EXIT = {"open": 0, "closed": 1, "unknown": 3}


@app.command()
def gate(dataset: DatasetArgument, by: ByOption = "command line", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Print whether a dataset may be learned from now, and why. Exit codes: 0 open, 1 closed, 3 unknown."""
    from sluice.app import build
    from sluice.rules.opening import how_to_open

    with build(config) as sluice:
        decision = sluice.gate(dataset)
        sluice.store.decisions.record(decision, by=by)
        advice = how_to_open(decision, sluice.store.runs.of(dataset))
    show_one({**facts(decision), "to_open": advice or None}, form, text(decision, advice))
    raise typer.Exit(EXIT[decision.state])


@app.command()
def override(
    dataset: DatasetArgument,
    reason: Annotated[str, typer.Option(help="why the gate is overridden; kept in the log")],
    duration: Annotated[str, typer.Option("--for", help="how long: 2h, 1d")],
    by: Annotated[str, typer.Option(help="your name; kept in the log")],
    config: ConfigOption = "sluice.yaml",
) -> None:
    """Let the gate of a dataset count as open for a while, whatever the scores are."""
    from sluice.app import build
    from sluice.config import parse_duration
    from sluice.domain import Override

    by, reason = by.strip(), reason.strip()
    if not reason or not by:
        raise UsageError("an override needs a name (--by) and a reason (--reason)")
    try:
        lasts = parse_duration(duration)
    except ValueError as error:
        raise UsageError(f"--for: {error}") from None
    with build(config) as sluice:
        now = sluice.now()
        if lasts > MAX_OVERRIDE:
            raise UsageError(f"--for: an override lasts {MAX_OVERRIDE.days} days at most; mend the limits in sluice.yaml instead")
        sluice.store.decisions.override_gate(Override(sluice.require_dataset(dataset), by, reason, now, now + lasts))
    say(f"the gate of {dataset} counts as open until {now + lasts:%Y-%m-%d %H:%M %Z}")


def facts(decision: Decision) -> dict[str, object]:
    """Convert a decision to what JSON holds of it."""
    return {
        "dataset": decision.dataset,
        "state": decision.state,
        "reasons": list(decision.reasons),
        "at": decision.at,
        "score": decision.score,
        "guarded": decision.guarded,
        "snapshot": decision.snapshot,
        "runs": decision.runs,
        "override": decision.override.by if decision.override else None,
    }


def text(decision: Decision, advice: Message) -> str:
    """Format a decision for people, with the advice how to open it."""
    from sluice.domain import counted
    from sluice.messages import render

    paragraphs = [f"{decision.dataset}: {decision.state}{_scored(decision)}", *(f"  - {render(reason)}" for reason in decision.reasons)]
    if decision.open:
        paragraphs.append(f"  {counted(len(decision.runs), 'run')} may be learned from, pinned at snapshot {decision.snapshot}")
    elif advice:
        paragraphs.append(f"  {render(advice)}")
    return "\n".join(paragraphs)


def _scored(decision: Decision) -> str:
    """Say in the same line of which share of the cells the score is one."""
    from sluice.domain import Message, whole_percent
    from sluice.messages import render

    if decision.score is None or decision.guarded is None:
        return ""
    return f", {render(Message.of('score_of_guarded', score=decision.score, percent=whole_percent(decision.guarded)))}"
