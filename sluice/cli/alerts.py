"""List who was told what, try again what was not delivered, explain who is told of an incident, and test the addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from sluice.cli.language import tr, word
from sluice.cli.output import ByOption, ConfigOption, Format, FormatOption, show
from sluice.errors import NotDelivered, UsageError

if TYPE_CHECKING:
    from sluice.domain import StoredAlert

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_(
    dataset: Annotated[str | None, typer.Argument(help="name of a dataset; all unless given")] = None,
    state: Annotated[str, typer.Option("--state", help="those of one state: waiting, failed, sent or muted")] = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """List the alerts, the newest first: one line for each alert and address.

    An alert is recorded together with what it is about, and then sent; `sluice serve` and `sluice run` send what waits. What failed is tried again, an
    address that fails a minute later, then two, up to an hour. It is muted where every incident of its run is muted or expected: then nobody is told.
    `sluice alerts retry` sends it all the same. One marked as repeated may have been delivered twice, since the program ended while it was being sent.
    """
    from sluice.app import build
    from sluice.domain import AlertState

    if state and state not in get_args(AlertState):
        raise UsageError(tr("{option}: one of {values}", option="--state", values=", ".join(get_args(AlertState))))
    with build(config) as sluice:
        if dataset is not None:
            sluice.require_dataset(dataset)
        alerts = sluice.store.outbox.all(state=state or None, dataset=dataset)
    show([facts(alert, form) for alert in alerts], form, empty="no alert is recorded")


@app.command()
def retry(
    alerts: Annotated[list[int], typer.Argument(help="numbers of alerts, as `sluice alerts list` shows them")],
    by: ByOption = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Send alerts now that failed, wait or were muted; kept in the log.

    Exit codes: 0 all were delivered; 2 there is no such alert, it was sent already, or its address is configured no longer; 4 one was not delivered.
    """
    from sluice.app import build
    from sluice.cli.run import deliver_alerts

    with build(config) as sluice:
        for number in alerts:
            sluice.store.outbox.retry(number, by=by)
        undelivered = deliver_alerts(sluice)
        show([facts(alert, form) for alert in sluice.store.outbox.all() if alert.id in alerts], form)
    if undelivered:
        raise undelivered


@app.command("test")
def send_test_message(
    sink: Annotated[str | None, typer.Argument(help="name of an address; all unless given")] = None,
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Send a test message to every address under `alerts` in sluice.yaml, and print what happened at each.

    Exit codes: 0 each accepted it; 2 there is no such address; 4 one did not.
    """
    from sluice.app import build
    from sluice.app.alerting import send_test
    from sluice.messages import make_error

    with build(config) as sluice:
        results = send_test(sluice, sink)
    show([{"sink": name, "state": "failed" if error else "sent", "error": error or None} for name, error in results.items()], form)
    if failed := tuple(name for name, error in results.items() if error):
        raise make_error(NotDelivered, "alert_test_failed", sinks=failed)


@app.command()
def explain(
    incident: Annotated[int, typer.Argument(help="number of an incident, as `sluice incidents list` shows it")],
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Print for each address whether it was told of an incident, or when it will be, and why or why not; sends nothing."""
    from sluice.app import build
    from sluice.app.alerting import explain_incident
    from sluice.domain import Message

    with build(config) as sluice:
        explanations = explain_incident(sluice, incident)
    show(
        [
            {
                "sink": one.sink,
                "alert": one.alert.id if one.alert else None,
                "state": one.alert.state if one.alert else "not told",
                "at": one.at,
                "why": Message.join(one.reasons),
            }
            for one in explanations
        ],
        form,
    )


def facts(alert: StoredAlert, form: Format) -> Mapping[str, object]:
    """Describe one alert in one row; in JSON with all of its text."""
    row = {
        "alert": alert.id,
        "at": alert.at,
        "sink": alert.sink,
        "state": tr("{state}, repeated", state=word(alert.state)) if alert.repeated and form is Format.table else alert.state,
        "title": alert.alert.title,
        "attempts": alert.attempts,
        "sent": alert.sent,
        "due": alert.due,
        "error": alert.error or None,
        "wait": alert.wait if alert.wait and alert.due else None,
    }
    about = {
        "repeated": alert.repeated,
        "dataset": alert.alert.dataset or None,
        "run": alert.alert.run or None,
        "incidents": alert.incidents,
        "lines": alert.alert.lines,
        "kind": alert.kind,
        "severity": alert.severity,
        "route": alert.route or None,
        "message": alert.message,
    }
    return {**row, **about} if form is Format.json else row
