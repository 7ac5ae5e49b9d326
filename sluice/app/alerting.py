"""Tell people: record an alert, send what waits, and try the addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sluice import jobs
from sluice.app.app import App
from sluice.domain import Alert, Message
from sluice.errors import NotDelivered, StoreError, UsageError
from sluice.messages import make_error
from sluice.rules.alerts import about_test
from sluice.rules.explanations import Case, Explanation, explain
from sluice.rules.routes import drafts_of
from sluice.wiring.alert_texts import AlertWriter


def tell(app: App, alert: Alert) -> None:
    """Record an alert, which `deliver` sends; where the database does not answer, send it at once to each address that takes it."""
    try:
        app.store.outbox.record(alert)
    except StoreError:
        for draft in drafts_of(alert, app.config.routing, app.now()):
            app.sender.send(draft.sink, alert)


def deliver(app: App) -> list[NotDelivered]:
    """Send the alerts that wait, and return one error for each address that they were not delivered to."""
    failed = jobs.deliver(app.store, app.sender, AlertWriter(app.config, app.store).write)
    codes = {sink: "alert_given_up" if error.code == "alert_no_sink" else "alert_undelivered" for sink, error in failed.items()}
    return [make_error(NotDelivered, codes[sink], sink=sink, error=error) for sink, error in failed.items()]


def send_test(app: App, name: str | None = None) -> Mapping[str, Message]:
    """Send a test message, which is not recorded, to all addresses or to one; return by address why it was not delivered, an empty message where it was.

    Args:
        app: The application.
        name: Name of the address; all unless given.

    Raises:
        UsageError: There is no such address, or none at all.
    """
    sinks = app.config.sinks
    if not sinks:
        raise make_error(UsageError, "alert_no_addresses")
    if name is not None and name not in sinks:
        raise make_error(UsageError, "alert_sink_unknown", sink=name, known=tuple(sinks))
    return {sink: app.sender.send(sink, about_test()) for sink in ([name] if name else sinks)}


def explain_incident(app: App, number: int) -> Sequence[Explanation]:
    """Explain what each address gets of an incident, when, and why or why not.

    Raises:
        UsageError: There is no such incident, or no address at all.
    """
    if not app.config.sinks:
        raise make_error(UsageError, "alert_no_addresses")
    incident, outbox = app.store.incidents.get(number), app.store.outbox
    failed = next((one.run for one in app.store.incidents.occurrences(incident) if one.status != "passed"), "")
    run, segments = app.store.runs.get(failed), outbox.segments(failed) if failed else None
    learned_from = run is not None and run.decision == "open"
    return explain(Case(incident, outbox.about(number), segments, learned_from, app.now(), outbox.now()), app.config.routing)
