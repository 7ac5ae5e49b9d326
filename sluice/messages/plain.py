"""Convert what results hold to values that JSON has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sluice.domain import Message
from sluice.messages.render import as_dict


def to_json(value: object) -> object:
    """Convert a value to one that JSON has; a message to its code, parameters and text.

    Example:
        >>> from datetime import UTC
        >>> to_json(datetime(2026, 3, 1, tzinfo=UTC)), to_json(("a",)), to_json(Message.text(""))
        ('2026-03-01T00:00:00+00:00', ['a'], None)
    """
    if isinstance(value, Message):
        return as_dict(value) if value else None
    return value.isoformat() if isinstance(value, datetime) else list(value) if isinstance(value, Sequence | set | frozenset) else str(value)
