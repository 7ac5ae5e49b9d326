"""Send alerts to e-mail, webhooks and chats: the services that apprise supports."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sluice.config.alerts import service_of
from sluice.domain import EMPTY, Alert, Message, Sink
from sluice.messages import render

if TYPE_CHECKING:
    import apprise

_STATUS = re.compile(r"error=([1-5]\d\d)\b")
_LOGGER = logging.getLogger("apprise")


@dataclass(frozen=True, slots=True)
class Sender:
    """Send alerts to the configured addresses.

    Attributes:
        shop: Named in every title.
        sinks: The addresses by name.
    """

    shop: str
    sinks: Mapping[str, Sink]

    def send(self, name: str, alert: Alert, *, repeated: bool = False) -> Message:
        """Send an alert to one address, and return why it was not delivered; an empty message where it was.

        Args:
            name: Name of the address.
            alert: What is told.
            repeated: Whether it may have been delivered before, which it then says.
        """
        sink = self.sinks.get(name)
        if sink is None:
            return Message.of("alert_no_sink", sink=name)
        try:
            import apprise
        except ModuleNotFoundError:
            return Message.of("alert_no_apprise")
        sender = apprise.Apprise()
        if not sender.add(sink.address):
            return Message.of("alert_no_service", service=service_of(sink.address))
        return _notify(sender, sink, *self._texts(sink.language, alert, repeated=repeated))

    def _texts(self, language: str, alert: Alert, *, repeated: bool) -> tuple[str, str]:
        """Return title and body in a language."""
        lines = (*alert.lines, *([Message.of("alert_repeated")] if repeated else []))
        return f"{self.shop} · {render(alert.title, language)}", "\n".join(render(line, language) for line in lines)


def _notify(sender: apprise.Apprise, sink: Sink, title: str, body: str) -> Message:
    import apprise

    listener = _Listener()
    _LOGGER.addHandler(listener)
    try:
        if sender.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT):
            return EMPTY
    finally:
        _LOGGER.removeHandler(listener)
    service = service_of(sink.address)
    return Message.of("alert_answered", service=service, status=listener.status) if listener.status else Message.of("alert_refused", service=service)


class _Listener(logging.Handler):
    """Hear from what apprise logs the status that a service answered; the rest of it may name addresses and tokens."""

    def __init__(self) -> None:
        """Begin with no status."""
        super().__init__(logging.WARNING)
        self.status = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the status of a record, where it has one."""
        match = _STATUS.search(record.getMessage())
        self.status = int(match[1]) if match else self.status
