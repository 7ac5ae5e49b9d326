"""Define the keys of sluice.yaml about alerts: the addresses to which they are sent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from sluice.config.model import Model
from sluice.domain import Sink

_SERVICE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,31})://")


class AlertAddress(Model):
    """Name an address, and the language of what is sent there."""

    name: str = Field(pattern=r"^[\w.-]{1,64}$", description="names the address in lists, where the address itself would tell secrets")
    to: str = Field(description="address as apprise reads it; keep secrets in the environment: ${SLUICE_ALERT}")
    language: Literal["en", "zh"] = Field("en", description="language of what is sent there; zh needs the extra `dashboard`")


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


def sinks_of(alerts: Sequence[str | AlertAddress]) -> Mapping[str, Sink]:
    """Return the addresses by name; one without a name is called by its service, and numbered where several have the same one. Empty ones are left out.

    Example:
        >>> list(sinks_of(["json://a/", "json://b/", AlertAddress(name="desk", to="mailto://c")]))
        ['json', 'json-2', 'desk']
    """
    taken = {alert.name for alert in alerts if isinstance(alert, AlertAddress)}
    sinks: dict[str, Sink] = {}
    for alert in alerts:
        if isinstance(alert, AlertAddress):
            sinks |= {alert.name: Sink(alert.name, alert.to, alert.language)} if alert.to.strip() else {}
        elif alert.strip():
            name = _unused(service_of(alert), {*taken, *sinks})
            sinks[name] = Sink(name, alert)
    return sinks


def mistake_in_alerts(alerts: Sequence[str | AlertAddress]) -> str:
    """Return what is wrong with the addresses; nothing where they can be told apart."""
    twice = sorted(name for name, times in Counter(alert.name for alert in alerts if isinstance(alert, AlertAddress)).items() if times > 1)
    return f"alerts: {', '.join(twice)} names two addresses; give each its own name" if twice else ""


def _unused(name: str, taken: set[str]) -> str:
    number, chosen = 2, name
    while chosen in taken:
        chosen, number = f"{name}-{number}", number + 1
    return chosen
