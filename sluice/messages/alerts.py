"""Texts of alerts, and reasons why one was not delivered."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    # what happened
    "alert_file": "{dataset}: a file could not be read",
    "alert_audit": "{dataset}: the audit failed",
    "alert_batch": "{dataset}: batch {run} may not be learned from",
    "alert_held": Plural("bad", "1 of {rows} is held", "{bad:,} of {rows} are held"),
    "alert_rows": Plural("rows", "1 row", "{rows:,} rows"),
    "alert_incidents": Plural("count", "{dataset}: a new incident", "{dataset}: {count} new incidents"),
    "alert_incident": "incident {incident}: {rule}: {message}",
    "alert_reminder": Plural("count", "{dataset}: an incident is still open", "{dataset}: {count} incidents are still open"),
    "alert_escalation": Plural("count", "{dataset}: nobody has acknowledged an incident", "{dataset}: nobody has acknowledged {count} incidents"),
    "alert_resolved": Plural("count", "{dataset}: an incident is resolved", "{dataset}: {count} incidents are resolved"),
    "alert_cause": "incident {incident}: likely cause: {cause}",
    "alert_several": Plural("count", "1 alert", "{count} alerts"),
    "alert_entry": "{title}: {lines}",
    "alert_more": Plural("count", "and 1 more", "and {count} more"),
    "alert_gate": "{dataset}: the gate is {state:word}",
    "alert_job": "the job {job} failed",
    "alert_test": "test message",
    "alert_test_text": "Sluice sends its alerts to this address.",
    "alert_repeated": "This message may have reached you before: the program ended while it was being sent.",
    # why it was not delivered
    "alert_refused": "the service {service} did not answer, or did not accept the message; check the address in sluice.yaml",
    "alert_answered": "the service {service} answered {status}; check the address in sluice.yaml",
    "alert_no_service": "no service is called {service}; see the list of apprise's addresses",
    "alert_no_sink": "the address {sink} is configured no longer: sluice.yaml has none of that name",
    "alert_no_apprise": "apprise is not installed; `pip install 'sluice[alerts]'` installs it",
    "alert_undelivered": "alerts: what was to be sent to {sink} was not delivered: {error}; `sluice serve` or a later `sluice run` tries again, "
    "and `sluice alerts list` shows it",
    "alert_given_up": "alerts: what was to be sent to {sink} was given up: {error}; `sluice alerts list --state failed` shows it",
    "alert_test_failed": "a test message was not delivered to {sinks}",
    # why an address takes an alert, or does not
    "route_all": "the address takes every alert",
    "route_when": "the address takes alerts with {text}",
    "route_dataset": "it is about {dataset}, and the address takes {datasets} alone",
    "route_rule": "it is about the rule {rule}, and the address takes {rules} alone",
    "route_severity": "its severity is {severity:word}, and the address takes {least:word} and above",
    "route_owner": "{owner} takes care of it, and the address takes what {owners} takes care of alone",
    "route_segment": "no row of {segments} fails in the batch",
    "route_hours": "the address is not in charge now: {text}",
    "route_escalations": "the address takes what others escalate to it, and nothing else",
    "route_escalated": "another address did not acknowledge it",
    "route_open_batch": "its batch may be learned from, and `when` of the address names neither severity nor rules",
    "route_muted": "it is muted until {until:time} UTC",
    "route_expected": "it is expected: {cause:word}",
    "route_resolved": "it is resolved",
    "route_passing": "its rule passes now",
    "route_next_batch": "{route}; it is sent with the next batch in which the rule fails",
    # why it waits, and what follows
    "wait_quiet": "it waits for the end of quiet hours, {until:time} UTC",
    "wait_digest": "it waits for the digest, {until:time} UTC",
    "wait_limit": "the address gets {limit} messages an hour at most; it waits until {until:time} UTC",
    "follows_reminder": "a reminder follows {at:time} UTC while it is open and nobody acknowledges it",
    "follows_escalation": "it is escalated to {sink} {at:time} UTC while it is open and nobody acknowledges it",
    # what is refused
    "alert_unknown": "there is no alert {alert}; `sluice alerts list` shows them",
    "alert_sent_already": "alert {alert} was sent already",
    "alert_unnamed": "trying an alert again needs the name of who asks (--by)",
    "alert_sink_unknown": "no address is called {sink}; sluice.yaml has {known}",
    "alert_no_addresses": "sluice.yaml has no address under `alerts`",
    "about_alert": "alert {alert} to {sink}",
}
