"""Answer what there is to say of one incident: its likely cause, its habit, the runs, and what people did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.app.app import App
from sluice.app.facts import act_facts, incident_facts, occurrence_facts
from sluice.app.lost_columns import describe_columns
from sluice.domain import Incident, Message
from sluice.rules.habits import describe_habit
from sluice.store.activity import ActivityEntry
from sluice.store.dashboard_queries import QuarantineFilter, count_rows
from sluice.store.incidents import Occurrence, subject_of
from sluice.store.rule_history import rule_history
from sluice.wiring.likely_causes import cause_of


@dataclass(frozen=True, slots=True)
class IncidentAnswer:
    """Hold one incident with what belongs to it.

    Attributes:
        incident: The incident.
        held: Number of rows that its rule holds now.
        cause: What probably caused it, if anything can be said.
        habit: Whether its rule always fails, if so.
        occurrences: What its rule said of each run, the newest first.
        acts: What people did, the newest first.
        advice: Lines of sluice.yaml about columns that are gone.
    """

    incident: Incident
    held: int
    cause: Message | None
    habit: Message | None
    occurrences: Sequence[Occurrence]
    acts: Sequence[ActivityEntry]
    advice: Sequence[Message]

    def facts(self) -> dict[str, object]:
        """Return the answer by name."""
        return {
            **incident_facts(self.incident),
            "held": self.held,
            "likely_cause": self.cause,
            "habit": self.habit,
            "runs": [occurrence_facts(occurrence) for occurrence in self.occurrences],
            "acts": [act_facts(act) for act in self.acts],
            "advice": list(self.advice),
        }


def answer_incident(app: App, number: int) -> IncidentAnswer:
    """Collect what there is to say of an incident.

    Raises:
        UsageError: There is none of that number.
    """
    incident = app.store.incidents.get(number)
    resolved = incident.state == "resolved"
    return IncidentAnswer(
        incident,
        count_rows(app.store, QuarantineFilter(incident.dataset, rule=incident.rule)),
        cause_of(app.config, app.store, incident),
        describe_habit(rule_history(app.store, incident.dataset, incident.rule)),
        app.store.incidents.own_occurrences(incident),
        app.store.activity.about(subject_of(incident)),
        [] if resolved else list(describe_columns(app.config, app.path, incident.dataset, [incident.message])),
    )
