"""Post events to a receiver of OpenLineage."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

TIMEOUT = 5.0  # seconds
_REFUSED = frozenset({400, 409, 413, 422})  # of an event that is refused each time: the next ones go on


class ReceiverAway(Exception):  # no fault of the program: the event is sent again
    """Report that an event was not taken, and why."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Hold where events are sent.

    Attributes:
        address: Address with its path, of http or https.
        token: Sent as bearer token; empty: none is.
    """

    address: str
    token: str = ""

    def send(self, event: Mapping[str, Any]) -> bool:
        """Send an event; return False where the receiver refuses this one for good.

        Raises:
            ReceiverAway: It does not answer, or not now.
        """
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        request = urllib.request.Request(self.address, json.dumps(event).encode(), headers, method="POST")  # noqa: S310  # the configuration allows http alone
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as answer:
                return bool(200 <= answer.status < 300)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in _REFUSED:
                return False
            raise ReceiverAway(f"status {error.code}") from None
        except (OSError, HTTPException) as error:
            raise ReceiverAway(type(getattr(error, "reason", None) or error).__name__) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: the token would go to another host."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Return no request."""
