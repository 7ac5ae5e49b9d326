"""List incidents, and act on them: acknowledge, assign, comment, mute, expect, resolve, reopen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, parse_span, say, show, show_one
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.domain import Incident, IncidentAct
    from sluice.store.activity import ActivityEntry
    from sluice.store.incidents import Occurrence

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

    with build(config) as sluice:
        if dataset is not None:
            sluice.require_dataset(dataset)
        incidents, now = sluice.store.incidents.all(dataset, resolved=every), sluice.now()
    chosen = [incident for incident in incidents if every or incident.needs_attention(now)]
    show([facts(incident) for incident in chosen], form, empty="no incident needs anybody")
    if left := len(incidents) - len(chosen):
        say(f"{left:,} more are expected or muted; --all shows them")


@app.command("show")
def show_(incident: IncidentArgument, config: ConfigOption = "sluice.yaml", form: FormatOption = Format.table) -> None:
    """Show one incident: what happened and why, how many rows are held for it, what its rule said of each run and whether it always fails, and who did what."""
    from sluice.app import build
    from sluice.app.lost_columns import describe_columns
    from sluice.messages import render
    from sluice.rules.habits import describe_habit
    from sluice.store.rule_history import rule_history
    from sluice.wiring.likely_causes import cause_of

    with build(config) as sluice:
        record = sluice.store.incidents.get(incident)
        cause = cause_of(sluice.config, sluice.store, record)
        habit = describe_habit(rule_history(sluice.store, record.dataset, record.rule))
        held, occurrences, acts = _held(sluice, record), sluice.store.incidents.occurrences(record), _acts(sluice, record)
        advice = [] if record.state == "resolved" else list(describe_columns(sluice.config, sluice.path, record.dataset, [record.message]))
    if form is Format.json:
        details = {
            "held": held,
            "likely_cause": cause,
            "habit": habit,
            "runs": [_occurrence(run) for run in occurrences],
            "acts": [_act(act) for act in acts],
            "advice": advice,
        }
        show_one({**facts(record), **details}, form, "")
        return
    show_one(
        {},
        form,
        f"incident {record.id}: {record.dataset} {record.rule} ({record.severity}, {record.state})\n  {render(record.message)}\n  {_rows(record, held)}",
    )
    for message in (*filter(None, (cause, habit)), *advice):
        say(f"  {render(message)}")
    say("")
    show([_occurrence(run) for run in occurrences[:LINES]], form, empty="no run was judged by this rule")
    say("")
    show([_act(act) for act in acts[:LINES]], form, empty="nobody has done anything yet")


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
    by: ByOption = "",
    reason: NoteOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Say that an incident is expected: it needs nobody, however often its rule fails, until the rule passes and its rows are settled.

    Rules and gate stay as they are. Where the rule itself is wrong, change it in sluice.yaml.
    """
    from sluice.domain import IncidentAct, IncidentCause

    if cause not in get_args(IncidentCause):
        raise UsageError(f"--cause: one of {', '.join(get_args(IncidentCause))}")
    _act_on(config, incident, IncidentAct("expect", by, reason, cause=cause), form)  # type: ignore[arg-type]  # one of them


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


def facts(incident: Incident) -> Mapping[str, object]:
    """Return an incident as a row of a table."""
    return {
        "incident": incident.id,
        "dataset": incident.dataset,
        "rule": incident.rule,
        "severity": incident.severity,
        "state": incident.state,
        "times": incident.times,
        "first_seen": incident.since,
        "last_seen": incident.until,
        "batch": incident.batch,
        "passing": incident.passing,
        "owner": incident.owner or None,
        "muted_until": incident.muted_until,
        "cause": incident.cause,
        "message": incident.message,
    }


def _act_on(config: str, incident: int, act: IncidentAct, form: Format) -> None:
    from sluice.app import build

    with build(config) as sluice:
        show([facts(sluice.store.incidents.act(incident, act))], form)


def _held(sluice: App, incident: Incident) -> int:
    """Return how many rows its rule holds."""
    from sluice.store.dashboard_queries import QuarantineFilter, count_rows

    return count_rows(sluice.store, QuarantineFilter(incident.dataset, rule=incident.rule))


def _rows(incident: Incident, held: int) -> str:
    """Say how many rows are held, and what shows them."""
    from sluice.domain import counted

    if not held:
        return "no row is held for it"
    return f"{counted(held, 'row')} held for it: `sluice quarantine list {incident.dataset} --rule {incident.rule}` shows those of this rule alone"


def _acts(sluice: App, incident: Incident) -> Sequence[ActivityEntry]:
    from sluice.store.incidents import subject_of

    return sluice.store.activity.about(subject_of(incident))


def _occurrence(run: Occurrence) -> Mapping[str, object]:
    return {"read": run.read, "batch": run.at, "run": run.run, "status": run.status, "failed": run.failed, "rows": run.rows, "message": run.message}


def _act(entry: ActivityEntry) -> Mapping[str, object]:
    return {"at": entry.at, "who": entry.who, "did": entry.what, "reason": entry.reason}
