"""Adjust the rule of an incident that a person expects, as a change of the configuration that can be undone."""

from __future__ import annotations

from sluice.app.app import App
from sluice.app.requests import carry_out
from sluice.config.rule_edits import apply_rule
from sluice.config.text import difference, digest_of, read_text
from sluice.domain import Incident, Request, Trial
from sluice.store.ids import new_id
from sluice.wiring.expected_rules import widened_rule

_DAYS = 14


def adjust_rule(app: App, incident: Incident, *, by: str, note: str) -> tuple[Trial, Request] | None:
    """Write the rule of an incident into sluice.yaml with settings that what it observed passes; None where none can be widened.

    With `approval: two` the request waits for another person, and nothing is written.

    Args:
        app: The application.
        incident: The incident.
        by: Who expects it.
        note: Why; kept in the log.

    Raises:
        UsageError: Nobody is named, or the suite cannot be edited.
        ConfigError: The configuration would not be read.
    """
    edit = widened_rule(app.config, app.store, incident)
    if edit is None:
        return None
    text = read_text(app.path)
    trial = Trial(new_id(), edit, digest_of(text), _DAYS, difference(app.path, text, apply_rule(text, edit)))
    app.store.trials.save(trial)
    request = Request(new_id(), "change_rule", edit.dataset, by, note, app.now(), (trial.id,), edit.name)
    return trial, carry_out(app, app.store.requests.submit(request))
