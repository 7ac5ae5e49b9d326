"""Say which alerts an address takes, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

from sluice.domain.words import Severity

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Hours:
    """Represent hours of some days of the week; those that pass midnight belong to the day on which they begin.

    Attributes:
        start: First moment of a day, by its clock.
        end: First moment that no longer belongs to it; not after `start`: on the next day.
        days: Days of the week, Monday 0.
        zone: Time zone of the days.
    """

    start: time = time()
    end: time = time()
    days: frozenset[int] = EVERY_DAY
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Represent which alerts an address takes: those that meet every condition that is set.

    Attributes:
        datasets: Names of datasets.
        rules: Ids of rules, or their names without columns, or patterns of either with * and ?.
        severity: Least severity of an incident.
        owners: Who takes care of the incident, or of the dataset where nobody was assigned.
        segments: By column of `score_by`: values, or patterns of values, of which the batch has a failing row.
        hours: When the address is in charge.
        text: The conditions as sluice.yaml has them.
    """

    datasets: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    severity: Severity | None = None
    owners: tuple[str, ...] = ()
    segments: tuple[tuple[str, tuple[str, ...]], ...] = ()
    hours: Hours | None = None
    text: str = ""

    @property
    def names_incidents(self) -> bool:
        """Return whether it chooses incidents by rule or severity, those of batches that may be learned from among them."""
        return bool(self.rules) or self.severity is not None


@dataclass(frozen=True, slots=True)
class Route:
    """Represent which alerts go to an address.

    Attributes:
        sink: Name of the address.
        when: Which alerts it takes.
        escalations_only: Whether it takes what others escalate to it, and nothing else.
        quiet: Hours in which an alert that is not critical waits until they end.
        digest: Time of the day at which it gets everything in one message; None: at once.
        zone: Time zone of `digest`.
        max_per_hour: Most messages in an hour; what goes beyond comes in one of them, or waits. None: any number.
        remind: How long after a message it is reminded of an incident that nobody acknowledged; None: never.
        escalate_to: Address to which such an incident is escalated; empty: none.
        escalate_after: How long after the first message.
    """

    sink: str
    when: AlertFilter = AlertFilter()
    escalations_only: bool = False
    quiet: tuple[Hours, ...] = ()
    digest: time | None = None
    zone: str = "UTC"
    max_per_hour: int | None = None
    remind: timedelta | None = None
    escalate_to: str = ""
    escalate_after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Routing:
    """Hold who is told what.

    Attributes:
        routes: One for each address.
        owners: Who takes care of a dataset, by its name.
    """

    routes: tuple[Route, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)

    @property
    def sinks(self) -> tuple[str, ...]:
        """Return the names of the addresses."""
        return tuple(route.sink for route in self.routes)
