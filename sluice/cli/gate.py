"""Query and override the gate of a dataset."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.output import ByOption, ConfigOption, DatasetArgument, Format, FormatOption, say, show_one
from sluice.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sluice.domain import Decision, Message, Run

app = typer.Typer()
MAX_OVERRIDE = timedelta(days=366)
EXIT = {"open": 0, "closed": 1, "unknown": 3}


@app.command()
def gate(dataset: DatasetArgument, by: ByOption = "command line", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Print whether a dataset may be learned from now, and why. Exit codes: 0 open, 1 closed, 3 unknown."""
    from sluice.app import build

    with build(config) as sluice:
        decision = sluice.gate(dataset)
        sluice.store.decisions.record(decision, by=by)
        held = holds_rows(decision, sluice.store.runs.of(dataset))
    show_one(facts(decision), form, text(decision, held=held))
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


def holds_rows(decision: Decision, runs: Sequence[Run]) -> bool:
    """Return True where one of the runs that close a gate holds rows, in its newest revision."""
    from sluice.rules import revised

    named = {part.params.get("run") for reason in decision.reasons for part in (reason, *_parts(reason))}
    return any(run.bad for run in revised(runs) if run.id in named and run.state == "published")


def _parts(reason: Message) -> Sequence[Message]:
    """Return the runs that a reason about several of them names."""
    from sluice.domain import Message

    runs = reason.params.get("runs")
    return [part for part in runs if isinstance(part, Message)] if isinstance(runs, tuple) else []


def text(decision: Decision, *, held: bool = True) -> str:
    """Format a decision for people; `held` says whether the runs that close it hold rows."""
    from sluice.domain import counted
    from sluice.messages import render

    paragraphs = [f"{decision.dataset}: {decision.state}{_scored(decision)}", *(f"  - {render(reason)}" for reason in decision.reasons)]
    if decision.open:
        paragraphs.append(f"  {counted(len(decision.runs), 'run')} may be learned from, pinned at snapshot {decision.snapshot}")
    elif decision.reasons:
        paragraphs.append(f"  {how_to_open(decision, held=held)}")
    return "\n".join(paragraphs)


def _scored(decision: Decision) -> str:
    """Say in the same line of which share of the cells the score is one."""
    from sluice.domain import Message, whole_percent
    from sluice.messages import render

    if decision.score is None or decision.guarded is None:
        return ""
    return f", {render(Message.of('score_of_guarded', score=decision.score, percent=whole_percent(decision.guarded)))}"


def how_to_open(decision: Decision, *, held: bool = True) -> str:
    """Name the command that opens a gate by mending its cause: where no row is held, there is none to release.

    Example:
        >>> from datetime import UTC, datetime
        >>> from sluice.domain import Decision, Message
        >>> reason = Message.of("newest_batch_closed", run="b1", reason=Message.of("batch_empty"))
        >>> decision = Decision("orders", "closed", (reason,), datetime(2026, 3, 1, tzinfo=UTC))
        >>> "quarantine" in how_to_open(decision), "quarantine" in how_to_open(decision, held=False)
        (True, False)
    """
    codes = {reason.code for reason in decision.reasons}
    if "newest_file_unreadable" in codes:
        return "to open it: mend the file and send it again, or mend its cause and run `sluice run --retry-failed`"
    if codes == {"guarded_below"}:
        return f"to open it: `sluice guarded {decision.dataset}` shows what nothing guards; add rules or a detector there"
    if codes & {"batch_missing", "newest_batch_too_old", "no_batch_in_window"}:
        return "to open it: land the file that is due, then `sluice run`"
    if not held:
        rules = "no row is held: send a corrected file, or edit in sluice.yaml the rule or limit that the reasons name"
        return f"to open it: {rules}; `sluice override {decision.dataset}` opens it for a while"
    rest = f"release or reject them, or send a corrected file and `sluice run {decision.dataset}`"
    return f"to open it: `sluice quarantine list {decision.dataset}` shows the held rows; {rest}"
