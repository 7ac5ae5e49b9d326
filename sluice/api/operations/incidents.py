"""Answer which rules keep failing, and what is known of one."""

from __future__ import annotations

from pydantic import Field

from sluice.api.answers import Answer, MessageAnswer, Moment
from sluice.api.errors import not_there
from sluice.api.operation import Call, Operation, require_dataset
from sluice.api.parameters import DatasetName, Number, Parameters, Size
from sluice.app.facts import incident_facts
from sluice.app.incident_answers import answer_incident
from sluice.domain import IncidentCause, IncidentState, Severity, Status
from sluice.errors import UsageError


class IncidentsQuery(Parameters):
    """Choose incidents."""

    dataset: DatasetName | None = None
    all: bool = Field(default=False, description="resolved, expected and muted ones as well")
    size: Size = 50
    before: Number | None = Field(None, description="`next` of the page before")


class OfIncident(Parameters):
    """Name an incident."""

    incident: Number


class IncidentAnswer(Answer):
    """Describe a rule that keeps failing."""

    incident: int
    dataset: str
    rule: str
    severity: Severity
    state: IncidentState
    times: int
    first_seen: Moment
    last_seen: Moment
    batch: str
    passing: bool
    owner: str | None
    muted_until: Moment | None
    cause: IncidentCause | None
    message: MessageAnswer | None


class IncidentsAnswer(Answer):
    """List incidents, the greatest number first; a page may have fewer items than `size`, and a next one all the same."""

    items: list[IncidentAnswer]
    next: int | None = Field(description="`before` of the next page; null on the last one")


class OccurrenceAnswer(Answer):
    """Say what the rule said of one run."""

    read: Moment | None
    batch: Moment
    run: str
    status: Status
    failed: int
    rows: int
    message: MessageAnswer | None


class ActAnswer(Answer):
    """Say what somebody did."""

    at: Moment
    who: str
    did: str
    reason: MessageAnswer | None


class IncidentDetailsAnswer(IncidentAnswer):
    """Describe an incident with its cause, its runs and what people did, as `sluice incidents show --format json` does."""

    held: int
    likely_cause: MessageAnswer | None
    habit: MessageAnswer | None
    runs: list[OccurrenceAnswer]
    acts: list[ActAnswer]
    advice: list[MessageAnswer]


def _list_incidents(call: Call, query: IncidentsQuery) -> object:
    app = call.app
    dataset = require_dataset(call, query.dataset) if query.dataset else None
    page = app.store.incidents.page(query.size + 1, dataset, resolved=query.all, before=query.before, among=call.among)
    now, listed = app.now(), page[: query.size]
    items = [incident_facts(incident) for incident in listed if query.all or incident.needs_attention(now)]
    return {"items": items, "next": listed[-1].id if len(page) > query.size else None}


def _show_incident(call: Call, parameters: OfIncident) -> object:
    missing = not_there(f"incident {parameters.incident}", "incident", "listIncidents")
    try:
        answer = answer_incident(call.app, parameters.incident)
    except UsageError:
        raise missing from None
    if not call.sees(answer.incident.dataset):
        raise missing
    return answer.facts()


OPERATIONS = (
    Operation("listIncidents", "GET", "/v1/incidents", "List the incidents that need somebody.", IncidentsQuery, IncidentsAnswer, _list_incidents),
    Operation("getIncident", "GET", "/v1/incidents/{incident}", "Describe one incident.", OfIncident, IncidentDetailsAnswer, _show_incident),
)
