"""Sign who signed in with a password, so that the browser can keep it: nobody can change a token without the key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

from sluice.domain import Person


def write_token(person: Person, until: datetime, key: bytes) -> str:
    """Return a token that names a person, and the variable of their password, until a moment."""
    facts = {"name": person.name, "variable": person.variable, "until": until.timestamp()}
    payload = base64.urlsafe_b64encode(json.dumps(facts, separators=(",", ":")).encode()).decode()
    return f"{payload}.{_sign(payload, key)}"


def read_token(token: str, key: bytes, now: datetime) -> Person | None:
    """Return the person of a token; None where it was altered, or is over.

    Example:
        >>> from datetime import timedelta
        >>> now = datetime(2026, 3, 1, tzinfo=UTC)
        >>> token = write_token(Person("Ann", variable="DESK_PASSWORD"), now + timedelta(hours=8), b"key")
        >>> read_token(token, b"key", now).name, read_token(token, b"other", now), read_token(token, b"key", now + timedelta(days=1))
        ('Ann', None, None)
    """
    payload, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _sign(payload, key).encode()):
        return None
    facts = json.loads(base64.urlsafe_b64decode(payload))
    over = datetime.fromtimestamp(facts["until"], UTC) <= now
    return None if over else Person(facts["name"], variable=facts["variable"])


def _sign(payload: str, key: bytes) -> str:
    return hmac.new(key, payload.encode(), hashlib.sha256).hexdigest()
