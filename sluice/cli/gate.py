"""Query and override the gate of a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import ntr, render, tr, word
from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, NamedOption, parse_span, say, show_one
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.domain import Decision, Message

app = typer.Typer()
MAX_OVERRIDE = timedelta(days=366)
EXIT = {"open": 0, "closed": 1, "unknown": 3}


@app.command()
def gate(dataset: DatasetArgument, by: NamedOption = "command line", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Print whether a dataset may be learned from now, and why. Exit codes: 0 open, 1 closed, 2 wrong usage or configuration, 3 unknown.

    With `--format json`, `to_open` is what opens it, `gone` names the lines of columns that the newest file lacks or has under a new name, and
    `reported` lists the rules that hold nothing, with the share of the newest batch's rows that fail; `missing_keys` says how many published keys a
    snapshot lacks since their rows are held.
    """
    from sluice.app import build
    from sluice.app.gate_answers import answer_gate

    with build(config) as sluice:
        answer = answer_gate(sluice, dataset)
        decision = answer.decision
        sluice.store.decisions.record(decision, by=by)
    show_one(answer.facts(), form, text(decision, answer.advice, [*answer.gone, *([answer.missing] if answer.missing else [])]))
    raise typer.Exit(EXIT[decision.state])


@app.command()
def override(
    dataset: DatasetArgument,
    reason: Annotated[str, typer.Option(help="why the gate is overridden; kept in the log")],
    duration: Annotated[str, typer.Option("--for", help="how long: 2h, 1d")],
    by: ByOption = "",
    config: ConfigOption = "sluice.yaml",
) -> None:
    """Let the gate of a dataset count as open for a while, whatever the scores are."""
    from sluice.app import build
    from sluice.domain import Override

    by, reason = by.strip(), reason.strip()
    if not reason or not by:
        raise UsageError(tr("an override needs a name (--by) and a reason (--reason)"))
    lasts = parse_span(duration, "--for")
    with build(config) as sluice:
        now = sluice.now()
        if lasts > MAX_OVERRIDE:
            raise UsageError(tr("--for: an override lasts {days} days at most; mend the limits in sluice.yaml instead", days=MAX_OVERRIDE.days))
        sluice.store.decisions.override_gate(Override(sluice.require_dataset(dataset), by, reason, now, now + lasts))
    say(tr("the gate of {dataset} counts as open until {until}", dataset=dataset, until=f"{now + lasts:%Y-%m-%d %H:%M %Z}"))


def text(decision: Decision, advice: Message, gone: Sequence[Message] = ()) -> str:
    """Format a decision for people, with the advice how to open it, and what is gone: columns, and keys whose rows are held."""
    paragraphs = [
        tr("{dataset}: {state}", dataset=decision.dataset, state=word(decision.state)) + _scored(decision),
        *(f"  - {render(reason)}" for reason in decision.reasons),
    ]
    if decision.open:
        paragraphs.append(
            "  "
            + ntr(
                "{count} run may be learned from, pinned at snapshot {snapshot}",
                "{count} runs may be learned from, pinned at snapshot {snapshot}",
                len(decision.runs),
                snapshot=decision.snapshot,
            )
        )
    elif advice:
        paragraphs.append(f"  {render(advice)}")
    paragraphs += [f"  {render(message)}" for message in gone]
    return "\n".join(paragraphs)


def _scored(decision: Decision) -> str:
    """Say in the same line of which share of the cells the score is one."""
    from sluice.domain import Message, whole_percent

    if decision.score is None or decision.guarded is None:
        return ""
    return tr(", ") + f"{render(Message.of('score_of_guarded', score=decision.score, percent=whole_percent(decision.guarded)))}"
