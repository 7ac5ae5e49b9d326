"""Hold what somebody is told, and what became of it at each address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sluice.domain.message import EMPTY, Message
from sluice.domain.words import Severity

AlertState: TypeAlias = Literal["waiting", "failed", "sent", "muted"]
"""waiting: not tried yet; failed: tried, and tried again when it is due, or never where its address is configured no longer;
sent: accepted by its address; muted: needed nobody."""


AlertKind: TypeAlias = Literal["news", "reminder", "escalation", "resolved"]
"""news: something happened; reminder: an incident is still open; escalation: nobody takes care of it; resolved: it is over."""


@dataclass(frozen=True, slots=True)
class Sink:
    """Represent an address to which alerts are sent.

    Attributes:
        name: Names it in records and on pages, where the address itself would tell secrets.
        address: Address as apprise reads it.
        language: Language of what is sent there.
    """

    name: str
    address: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Alert:
    """Represent what somebody is told; it never holds a cell's value.

    Attributes:
        title: What happened.
        lines: Why, and with which numbers.
        dataset: Dataset that it is about; empty where it is about none.
        run: Id of the run that it is about; empty where it is about none.
    """

    title: Message
    lines: tuple[Message, ...] = ()
    dataset: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """Represent an alert to one address, as it is to be recorded.

    Attributes:
        sink: Name of the address.
        alert: What somebody is told.
        route: Why the address takes it.
        severity: The worst of its incidents; critical where it has none.
        incidents: Numbers of the incidents that it is about.
        muted: Whether it needs nobody; it is recorded, and not sent.
        kind: Whether it is news or follows some.
    """

    sink: str
    alert: Alert
    route: Message = EMPTY
    severity: Severity = "critical"
    incidents: tuple[int, ...] = ()
    muted: bool = False
    kind: AlertKind = "news"


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """Represent the record of an alert and one address.

    Attributes:
        sink: Name of the address.
        incidents: Numbers of the incidents that it is about.
        attempts: Number of deliveries that failed.
        due: When it is tried next; None once it is sent, while it is muted, and where its address is configured no longer.
        error: Why it was not delivered when it was tried last.
        sent: When it was delivered.
        sending: Whether its delivery was begun and not recorded: the program works on it, or ended meanwhile.
        repeated: Whether it was sent again after such an end, so that it may have been delivered twice.
        route: Why the address takes it; empty for alerts of earlier versions.
        severity: The worst of its incidents; critical where it has none.
        kind: Whether it is news or follows some.
        wait: Why it waits, or waited.
        forced: Whether a person asked for it, so that it waits for nothing.
        message: Number of the first alert of the message in which it went; None before its first delivery.
    """

    id: int
    at: datetime
    sink: str
    alert: Alert
    state: AlertState
    incidents: tuple[int, ...] = ()
    attempts: int = 0
    due: datetime | None = None
    error: Message = EMPTY
    sent: datetime | None = None
    sending: bool = False
    repeated: bool = False
    route: Message = EMPTY
    severity: Severity = "critical"
    kind: AlertKind = "news"
    wait: Message = EMPTY
    forced: bool = False
    message: int | None = None
