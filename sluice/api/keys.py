"""Read the key under which a request is sent, so that a retry is carried out once, and let it wait while the first one is in progress."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sluice.api.errors import invalid
from sluice.api.operation import Operation
from sluice.api.parameters import Parameters
from sluice.domain import Person
from sluice.store.idempotency import KeyedRequest

HEADER = "idempotency-key"
REPEATED = "idempotent-replayed"
MAX_LENGTH = 255
_KEY = re.compile(rf"[\x21-\x7e]{{1,{MAX_LENGTH}}}")


def read_key(header: str | None, operation: Operation[Parameters], parameters: Parameters, person: Person | None) -> KeyedRequest | None:
    """Return what a request is recorded under; None where it carries no key, or changes nothing.

    Args:
        header: Value of the header `Idempotency-Key`.
        operation: The operation.
        parameters: What is requested; blanks and order of the body do not count.
        person: Who comes with the token.

    Raises:
        ApiError: The key is empty or too long, or holds a blank.
    """
    if header is None or not operation.writes or person is None:
        return None
    if _KEY.fullmatch(header) is None:
        raise invalid([{"name": "Idempotency-Key", "message": f"must have 1 to {MAX_LENGTH} characters of ASCII without blanks, such as a UUID"}])
    return KeyedRequest(person.variable, header, f"{operation.name} {parameters.model_dump_json()}")


class KeysInProgress:
    """Let requests under one key follow each other, as the database does between processes: the later one gets the answer of the first.

    Used by the event loop alone.
    """

    def __init__(self) -> None:
        """Hold none."""
        self._turns: dict[tuple[str, str], _Turn] = {}

    @asynccontextmanager
    async def hold(self, request: KeyedRequest | None) -> AsyncIterator[None]:
        """Hold the key of a request while it is carried out; wait for whoever holds it."""
        if request is None:
            yield
            return
        key = request.sender, request.key
        turn = self._turns.setdefault(key, _Turn())
        turn.requests += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.requests -= 1
            if not turn.requests:
                del self._turns[key]


@dataclass
class _Turn:
    """Count the requests under one key that are carried out or wait."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    requests: int = 0
