"""Record rules that keep failing, and what people do about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sluice.domain.message import Message
from sluice.domain.people import Person
from sluice.domain.words import IncidentAction, IncidentCause, IncidentState, Severity


@dataclass(frozen=True, slots=True)
class Incident:
    """Record a rule that keeps failing, from first seen to resolved; one unresolved incident per dataset and rule.

    Attributes:
        message: What happened when it failed last.
        times: Number of runs in which it failed.
        state: open; acknowledged (somebody takes care); expected (it may go on, see `cause`); resolved.
        passing: Whether the rule passed when it was judged last.
        owner: Who takes care.
        muted_until: Until when it needs nobody.
        cause: Why it is expected.
        first_seen: Time of the first run in which it failed: the end of the period of its batch; likewise `last_seen`.
        first_read: When that run was read; None where it is not recorded.
        last_read: When the last run in which it failed was read.
        batch: Name of the file of that run, or id of the run.
    """

    id: int
    dataset: str
    rule: str
    severity: Severity
    message: Message
    first_seen: datetime
    last_seen: datetime
    times: int
    state: IncidentState
    passing: bool = False
    owner: str = ""
    muted_until: datetime | None = None
    cause: IncidentCause | None = None
    first_read: datetime | None = None
    last_read: datetime | None = None
    batch: str = ""

    @property
    def since(self) -> datetime:
        """Return when somebody could see it first."""
        return self.first_read or self.first_seen

    @property
    def until(self) -> datetime:
        """Return when it was seen last."""
        return self.last_read or self.last_seen

    def needs_attention(self, now: datetime) -> bool:
        """Return True where somebody should look at it: it is neither resolved nor expected, and not muted."""
        return self.state in ("open", "acknowledged") and (self.muted_until is None or self.muted_until <= now)


@dataclass(frozen=True, slots=True)
class IncidentAct:
    """Say what a person does with an incident.

    Attributes:
        by: Name of the person.
        note: What else the person says.
        cause: Why the incident is expected (expect).
        until: Until when it is muted (mute).
        owner: Who takes care from now on (assign).
        person: Who signed in and acts; None on the command line, and where nobody signs in.
    """

    action: IncidentAction
    by: str
    note: str = ""
    cause: IncidentCause | None = None
    until: datetime | None = None
    owner: str = ""
    person: Person | None = None
