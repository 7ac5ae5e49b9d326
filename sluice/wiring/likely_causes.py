"""Find the likely cause of an incident: the one place, for command line and dashboard alike."""

from __future__ import annotations

from sluice.config import Config
from sluice.domain import Incident, Message
from sluice.rules.incidents import names_cause
from sluice.rules.likely_cause import describe_cause, likely_cause
from sluice.store import SqlStore
from sluice.store.cause_rows import compared_batches, judged_rows


def cause_of(config: Config, store: SqlStore, incident: Incident) -> Message | None:
    """Say which part of the data explains most failing rows of an incident, or that none does.

    None where no failing row is stored, where the rule is about the whole batch, and where no part explains them but the incident names its cause.

    Args:
        config: The configuration.
        store: Records and rows.
        incident: The incident.
    """
    if incident.dataset not in config.datasets:
        return None
    schema, snapshot = config.datasets[incident.dataset].schema_of(incident.dataset), store.snapshot()
    failed = next((run for run in store.incidents.occurrences(incident) if run.status == "failed"), None)
    if failed is not None and not failed.rows:
        return None
    batches = compared_batches(snapshot.runs(incident.dataset), failed.run if failed else "")
    rows, failing = judged_rows(snapshot, schema, incident.rule, batches)
    if not failing.any():
        return None
    personal = frozenset(column.name for column in schema.columns if column.personal)
    cause = likely_cause(rows, failing)
    if cause is None and names_cause(incident.message):
        return None
    return Message.of("cause_of_batches", cause=describe_cause(cause, failing, personal), batches=len(batches))
