"""Read the key under which a request is sent, so that a retry is carried out once, and refuse one that is still in progress."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sluice.api.errors import ApiError, invalid
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
    """Hold the keys whose requests are carried out now; used by the event loop alone."""

    def __init__(self) -> None:
        """Hold none."""
        self._keys: set[tuple[str, str]] = set()

    @contextmanager
    def hold(self, request: KeyedRequest | None) -> Iterator[None]:
        """Hold the key of a request while it is carried out.

        Raises:
            ApiError: A request is carried out under it.
        """
        if request is None:
            yield
            return
        key = request.sender, request.key
        if key in self._keys:
            raise ApiError(
                409, "key_in_progress", "a request under this Idempotency-Key is carried out; ask again for its answer", headers={"retry-after": "1"}
            )
        self._keys.add(key)
        try:
            yield
        finally:
            self._keys.discard(key)
