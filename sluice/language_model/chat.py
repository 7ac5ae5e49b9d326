"""Call a server that speaks the chat completions of OpenAI."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message as Headers
from http.client import HTTPException
from typing import Any

from sluice.domain import Completion, Message, Question
from sluice.ports.language_model import ModelAway
from sluice.rules.language_model.questions import body_of

MOST_BYTES = 2**22  # of an answer
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504})  # of which the same call may succeed later


@dataclass(frozen=True, slots=True)
class ChatServer:
    """Answer questions by a server.

    Attributes:
        url: Its address, to which `/chat/completions` is added.
        name: Name of the model.
        key: Sent as bearer token; empty: none is.
        timeout: Seconds that a call may take until bytes come.
        strict: Whether the schema is sent as `response_format`.
    """

    url: str
    name: str
    key: str = ""
    timeout: float = 60.0
    strict: bool = True

    def complete(self, question: Question) -> Completion:
        """Answer a question by one call.

        Raises:
            ModelAway: It does not answer, refuses the call, or answers in another protocol.
        """
        answer = self._call("chat/completions", body_of(question, self.name, strict=self.strict))
        try:
            text = answer["choices"][0]["message"]["content"]
        except (LookupError, TypeError):
            raise ModelAway(Message.of("language_model_other_protocol"), again=False) from None
        usage = answer.get("usage")
        counts = usage if isinstance(usage, Mapping) else {}
        return Completion(text if isinstance(text, str) else "", _count(counts.get("prompt_tokens")), _count(counts.get("completion_tokens")))

    def models(self) -> list[str]:
        """Return the names of the models that the server offers.

        Raises:
            ModelAway: It does not answer.
        """
        answer = self._call("models", None)
        listed = answer.get("data")
        return [str(one["id"]) for one in listed if isinstance(one, Mapping) and "id" in one] if isinstance(listed, list) else []

    def _call(self, path: str, body: Mapping[str, Any] | None) -> Mapping[str, Any]:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.key}"} if self.key else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/{path}", data, headers)  # noqa: S310  # the configuration allows http alone
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=self.timeout) as response:
                read = json.loads(response.read(MOST_BYTES + 1)[:MOST_BYTES])
        except urllib.error.HTTPError as error:
            error.close()
            raise ModelAway(Message.of("language_model_status", status=error.code), again=error.code in _BUSY, after=_seconds(error.headers)) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None)
            kind = type(reason if isinstance(reason, BaseException) else error).__name__
            raise ModelAway(Message.of("language_model_unreachable", error=kind), again=True) from None
        except ValueError:
            raise ModelAway(Message.of("language_model_other_protocol"), again=False) from None
        if not isinstance(read, Mapping):
            raise ModelAway(Message.of("language_model_other_protocol"), again=False)
        return read


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: cells and key would go to another host."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Return no request."""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _seconds(headers: Headers | None) -> float | None:
    """Return the seconds that the header Retry-After names; None where it names a date, or is not there."""
    text = (headers.get("Retry-After") or "") if headers is not None else ""
    return float(text) if text.isascii() and text.isdigit() else None
