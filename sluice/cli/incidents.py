"""List incidents, and act on them: acknowledge, assign, comment, mute, expect, resolve, reopen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from sluice.cli.language import ntr, render, tr, word
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, parse_span, say, show, show_one
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.domain import Incident, IncidentAct

app = typer.Typer(no_args_is_help=True)
IncidentArgument = Annotated[int, typer.Argument(help="number of an incident, as `sluice incidents list` shows it")]
NoteOption = Annotated[str, typer.Option("--reason", help="a note; kept in the log")]
LINES = 10  # runs and acts that `show` lists in a table


@app.command("list")
def list_(
    dataset: Annotated[str | None, typer.Argument(help="name of a dataset; all unless given")] = None,
    every: Annotated[bool, typer.Option("--all", help="resolved, expected and muted ones as well")] = False,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List the incidents that need somebody, the newest first: one for each rule that keeps failing.

    An incident opens when a rule of severity critical or warning fails or cannot be evaluated. It is resolved by itself once the rule passes, or is in the
    suite no longer, and no row is held for it.
    """
    from sluice.app import build
    from sluice.app.facts import incident_facts

    with build(config) as sluice:
        if dataset is not None:
            sluice.require_dataset(dataset)
        incidents, now = sluice.store.incidents.all(dataset, resolved=every), sluice.now()
    chosen = [incident for incident in incidents if every or incident.needs_attention(now)]
    show([incident_facts(incident) for incident in chosen], form, empty="no incident needs anybody")
    if left := len(incidents) - len(chosen):
        say(tr("{count:,} more are expected or muted; --all shows them", count=left))


@app.command("show")
def show_(incident: IncidentArgument, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Show one incident: what happened and why, how many rows are held for it, what its rule said of each run and whether it always fails, and who did what."""
    from sluice.app import build
    from sluice.app.facts import act_facts, occurrence_facts
    from sluice.app.incident_answers import answer_incident

    with build(config) as sluice:
        answer = answer_incident(sluice, incident)
    if form is Format.json:
        show_one(answer.facts(), form, "")
        return
    record = answer.incident
    show_one(
        {},
        form,
        f"{_title(record)}\n  {render(record.message)}\n  {_rows(record, answer.held)}",
    )
    for message in (*filter(None, (answer.cause, answer.habit)), *answer.advice):
        say(f"  {render(message)}")
    say("")
    show([occurrence_facts(run) for run in answer.occurrences[:LINES]], form, empty="no run was judged by this rule")
    say("")
    show([act_facts(act) for act in answer.acts[:LINES]], form, empty="nobody has done anything yet")


@app.command()
def explain(incident: IncidentArgument, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Explain one incident by the language model of sluice.yaml, with the recorded facts that each sentence rests on.

    What names no fact is left out. What people wrote about the incident is not sent, nor is a cell of a personal column.
    """
    from sluice.cli.explained import show_explained

    show_explained(config, incident, form)


@app.command()
def ack(
    incident: IncidentArgument, by: ByOption = "", reason: NoteOption = "", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table
) -> None:
    """Say that you take care of an incident; you become its owner where it has none."""
    from sluice.app import build
    from sluice.domain import IncidentAct

    with build(config) as sluice:
        if not sluice.store.incidents.get(incident).owner and by.strip():
            sluice.store.incidents.act(incident, IncidentAct("assign", by, owner=by.strip()))
    _act_on(config, incident, IncidentAct("acknowledge", by, reason), form)


@app.command()
def assign(
    incident: IncidentArgument,
    to: Annotated[str, typer.Option("--to", help="name of who takes care from now on")],
    by: ByOption = "",
    reason: NoteOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Say who takes care of an incident."""
    from sluice.domain import IncidentAct

    _act_on(config, incident, IncidentAct("assign", by, reason, owner=to.strip()), form)


@app.command()
def comment(
    incident: IncidentArgument,
    reason: Annotated[str, typer.Option("--reason", help="the comment; kept in the log")],
    by: ByOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Add a comment to an incident, for those who look at it later."""
    from sluice.domain import IncidentAct

    _act_on(config, incident, IncidentAct("comment", by, reason), form)


@app.command()
def mute(
    incident: IncidentArgument,
    duration: Annotated[str, typer.Option("--for", help="how long: 2h, 7d")],
    by: ByOption = "",
    reason: NoteOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Leave an incident out of the list for a while; `--for 0h` ends that."""
    from sluice.app import build
    from sluice.domain import IncidentAct

    lasts = parse_span(duration, "--for")
    with build(config) as sluice:
        until = sluice.now() + lasts
    _act_on(config, incident, IncidentAct("mute", by, reason, until=until), form)


@app.command()
def expect(
    incident: IncidentArgument,
    cause: Annotated[str, typer.Option("--cause", help="planned_change, promotion, season, known_fault, test_data or other")],
    adjust: Annotated[bool, typer.Option("--adjust", help="also widen the rule in sluice.yaml so that what happened passes")] = False,
    by: ByOption = "",
    reason: NoteOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Say that an incident is expected: it needs nobody, however often its rule fails, until the rule passes and its rows are settled.

    Rules and gate stay as they are. With `--adjust` the rule is widened in sluice.yaml: its limits, set or tolerance, or the share of rows that must pass.
    The change is printed as a difference, and `sluice undo` takes it back.
    """
    from sluice.domain import IncidentAct, IncidentCause

    if cause not in get_args(IncidentCause):
        raise UsageError(tr("{option}: one of {values}", option="--cause", values=", ".join(get_args(IncidentCause))))
    _act_on(config, incident, IncidentAct("expect", by, reason, cause=cause), form)  # type: ignore[arg-type]  # one of them
    if adjust:
        _adjust(config, incident, by, reason or tr("incident {number} is expected: {cause}", number=incident, cause=word(cause)))


@app.command()
def resolve(
    incident: IncidentArgument, by: ByOption = "", reason: NoteOption = "", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table
) -> None:
    """Say that an incident is over; refused while rows are held for its rule. If the rule fails again, a new one opens."""
    from sluice.domain import IncidentAct

    _act_on(config, incident, IncidentAct("resolve", by, reason), form)


@app.command()
def reopen(
    incident: IncidentArgument, by: ByOption = "", reason: NoteOption = "", config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table
) -> None:
    """Take back that an incident was acknowledged, muted, expected or resolved."""
    from sluice.domain import IncidentAct

    _act_on(config, incident, IncidentAct("reopen", by, reason), form)


def _act_on(config: str, incident: int, act: IncidentAct, form: Format) -> None:
    from sluice.app import build
    from sluice.app.facts import incident_facts

    with build(config) as sluice:
        show([incident_facts(sluice.store.incidents.act(incident, act))], form)


def _adjust(config: str, incident: int, by: str, note: str) -> None:
    """Widen the rule of an incident, and print what changed."""
    from sluice.app import build
    from sluice.app.expected_rules import adjust_rule

    with build(config) as sluice:
        changed = adjust_rule(sluice, sluice.store.incidents.get(incident), by=by, note=note)
    if changed is None:
        say("no setting of the rule can be widened to what happened: the rule stays as it is")
        return
    trial, request = changed
    say(trial.difference)
    if request.state == "asked":
        say(render(request.answer))


def _title(incident: Incident) -> str:
    return tr(
        "incident {number}: {dataset} {rule} ({severity}, {state})",
        number=incident.id,
        dataset=incident.dataset,
        rule=incident.rule,
        severity=word(incident.severity),
        state=word(incident.state),
    )


def _rows(incident: Incident, held: int) -> str:
    """Say how many rows are held, and what shows them."""
    if not held:
        return tr("no row is held for it")
    return ntr(
        "{count} row held for it: `sluice quarantine list {dataset} --rule {rule}` shows it where it is held for this rule alone",
        "{count} rows held for it: `sluice quarantine list {dataset} --rule {rule}` shows those of this rule alone",
        held,
        dataset=incident.dataset,
        rule=incident.rule,
    )
