"""Define the keys of sluice.yaml about alerts: the addresses to which they are sent, and which alerts each takes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from sluice.config.duration import Duration
from sluice.config.hours import Day, Span, TimeOfDay, hours_of, read_time
from sluice.config.model import Language, Model
from sluice.config.zones import Zone
from sluice.domain import EMPTY, AlertFilter, Message, Route, Sink

_SERVICE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,31})://")


class AlertWhen(Model):
    """Choose the alerts that an address takes: those that meet every condition that is set."""

    datasets: tuple[str, ...] = Field((), description="names of datasets; all unless set")
    rules: tuple[str, ...] = Field(
        (), description="ids of rules, or their names without columns, or patterns: [key_unique, '*not_be_null:price']; all unless set"
    )
    severity: Literal["critical", "warning"] | None = Field(None, description="least severity of an incident")
    owners: tuple[str, ...] = Field((), description="who takes care: the person to whom the incident is assigned, else the owner of its dataset")
    segments: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict, description="by column of `score_by`, values or patterns of values: {supplier: [acme, 'nord*']}; a row of one fails in the batch"
    )
    hours: Span | None = Field(None, description='when the address is in charge: "08:00-18:00"; hours that pass midnight belong to the day on which they begin')
    days: tuple[Day, ...] = Field((), description="days of the week: [mon, tue, wed, thu, fri]; all unless set")
    zone: Zone | None = Field(None, description="time zone of hours and days; by default the shop's")

    def filter(self, zone: str) -> AlertFilter:
        """Return the conditions as a value of the domain, with the zone of the shop."""
        hours = hours_of(self.hours, self.days, self.zone or zone) if self.hours or self.days else None
        return AlertFilter(self.datasets, self.rules, self.severity, self.owners, tuple(self.segments.items()), hours, self._text())

    def _text(self) -> str:
        """Return the conditions as they are written."""
        written = self.model_dump(exclude_defaults=True, mode="json")
        return "; ".join(f"{key}: {_written(value)}" for key, value in written.items())


def _written(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_written(item)}" for key, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class QuietHours(Model):
    """Name hours in which alerts that are not critical wait."""

    hours: Span | None = Field(None, description='"22:00-07:00"; the whole day unless set')
    days: tuple[Day, ...] = Field((), description="days of the week: [sat, sun]; all unless set")
    zone: Zone | None = Field(None, description="time zone; by default the shop's")


class Escalation(Model):
    """Name a second address that is told of an incident that nobody acknowledges."""

    to: str = Field(description="name of another address; without a `when` of its own it gets escalations alone")
    after: Duration = Field(description="how long after the first message about the incident: 4h")


def _kind_of_hours(value: object) -> str:
    return "hours" if isinstance(value, Mapping | QuietHours) else "text"


QuietConfig = Annotated[Annotated[Span, Tag("text")] | Annotated[QuietHours, Tag("hours")], Discriminator(_kind_of_hours)]


class AlertAddress(Model):
    """Name an address, the language of what is sent there, which alerts it takes, and when."""

    name: str = Field(pattern=r"^[\w.-]{1,64}$", description="names the address in lists, where the address itself would tell secrets")
    to: str = Field(description="address as apprise reads it; keep secrets in the environment: ${SLUICE_ALERT}")
    language: Language | None = Field(None, description="language of what is sent there; by default the shop's")
    when: AlertWhen | None = Field(None, description="which alerts it takes; all unless set")
    quiet: tuple[QuietConfig, ...] = Field((), description='hours in which what is not critical waits until they end: ["22:00-07:00", {days: [sat, sun]}]')
    digest: TimeOfDay | None = Field(None, description='time of the day at which everything comes in one message: "08:00"; by default each at once')
    max_per_hour: int | None = Field(None, ge=1, description="most messages in an hour: what goes beyond comes in one of them, or waits; any number unless set")
    remind: Duration | None = Field(
        timedelta(days=1), description="how long after a message it is reminded of an incident that is open and that nobody acknowledged; null: never"
    )
    escalate: Escalation | None = Field(None, description="second address for an incident that is open and that nobody acknowledges")

    def route(self, zone: str, *, escalations_only: bool) -> Route:
        """Return which alerts go to the address.

        Args:
            zone: Time zone of the shop.
            escalations_only: Whether it takes what others escalate to it, and nothing else.
        """
        quiet = [QuietHours(hours=hours) if isinstance(hours, str) else hours for hours in self.quiet]
        return Route(
            self.name,
            self.when.filter(zone) if self.when else AlertFilter(),
            escalations_only,
            tuple(hours_of(one.hours, one.days, one.zone or zone) for one in quiet),
            read_time(self.digest) if self.digest else None,
            zone,
            self.max_per_hour,
            self.remind or None,
            self.escalate.to if self.escalate else "",
            self.escalate.after if self.escalate else timedelta(0),
        )


def _kind_of(value: object) -> str:
    return "address" if isinstance(value, Mapping | AlertAddress) else "text"


AlertConfig = Annotated[Annotated[str, Tag("text")] | Annotated[AlertAddress, Tag("address")], Discriminator(_kind_of)]


def service_of(address: str) -> str:
    """Return the service of an address, such as `mailto`: all that may be shown of it.

    Example:
        >>> service_of("mailto://user:password@shop.example"), service_of("a token")
        ('mailto', 'unknown')
    """
    match = _SERVICE.match(address)
    return match[1].lower() if match else "unknown"


def named(alerts: Sequence[str | AlertAddress]) -> Sequence[AlertAddress]:
    """Return the addresses, each with a name: one without is called by its service, and numbered where several have the same. Empty ones are left out.

    Example:
        >>> [address.name for address in named(["json://a/", "json://b/", AlertAddress(name="desk", to="mailto://c")])]
        ['json', 'json-2', 'desk']
    """
    taken = {alert.name for alert in alerts if isinstance(alert, AlertAddress)}
    addresses: list[AlertAddress] = []
    for alert in alerts:
        if isinstance(alert, AlertAddress):
            addresses += [alert] if alert.to.strip() else []
        elif alert.strip():
            name = _unused(service_of(alert), taken)
            taken.add(name)
            addresses.append(AlertAddress(name=name, to=alert))
    return addresses


def sinks_of(alerts: Sequence[str | AlertAddress], language: Language = "en") -> Mapping[str, Sink]:
    """Return where and in which language alerts are sent, by the name of the address.

    Args:
        alerts: The addresses.
        language: Language of those that name none.
    """
    return {address.name: Sink(address.name, address.to, address.language or language) for address in named(alerts)}


def routes_of(alerts: Sequence[str | AlertAddress], zone: str) -> tuple[Route, ...]:
    """Return which alerts go to each address.

    Args:
        alerts: The addresses.
        zone: Time zone of the shop.
    """
    addresses = named(alerts)
    targets = {address.escalate.to for address in addresses if address.escalate}
    return tuple(address.route(zone, escalations_only=address.when is None and address.name in targets) for address in addresses)


def mistake_in_alerts(alerts: Sequence[str | AlertAddress]) -> Message:
    """Return what is wrong with the addresses; nothing where they can be told apart."""
    twice = sorted(name for name, times in Counter(alert.name for alert in alerts if isinstance(alert, AlertAddress)).items() if times > 1)
    return Message.of("address_name_twice", names=tuple(twice)) if twice else EMPTY


def _unused(name: str, taken: set[str]) -> str:
    number, chosen = 2, name
    while chosen in taken:
        chosen, number = f"{name}-{number}", number + 1
    return chosen
