"""Draw ids of requests and trials."""

from __future__ import annotations

import uuid


def new_id() -> str:
    """Return an id of 12 hexadecimal digits that nothing else has."""
    return uuid.uuid4().hex[:12]
