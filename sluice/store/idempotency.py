"""Remember the answers to requests that carry a key, so that one that is sent again, as after a lost answer, is carried out once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.rules.keyed_digests import KeyedDigests
from sluice.store.database import Database, now
from sluice.store.records import insert_if_new, update_record
from sluice.store.tables import IDEMPOTENCY_KEYS

MAX_AGE = timedelta(hours=24)  # after which a key may be used for another request
_KEYS = IDEMPOTENCY_KEYS.c


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """Identify a request that carries a key.

    Attributes:
        sender: Who sends it; the same key of another sender is another one.
        key: The key.
        body: What is requested; a key belongs to one request.
    """

    sender: str
    key: str
    body: str


@dataclass(frozen=True, slots=True)
class KeyedAnswer:
    """Hold the answer to a request that carries a key.

    Attributes:
        text: The answer.
        repeated: Whether the request had been carried out before.
    """

    text: str
    repeated: bool


class IdempotencyKeys:
    """Carry out a request once for each key."""

    def __init__(self, database: Database, clock: Callable[[Connection], datetime] = now, digests: KeyedDigests | None = None) -> None:
        """Keep the database, what dates keys, its clock unless given, and what computes digests, without a key unless given."""
        self._database, self._clock, self._digests = database, clock, digests or KeyedDigests()

    def once(self, request: KeyedRequest, carry_out: Callable[[], str]) -> KeyedAnswer:
        """Carry out a request and record its answer, in one transaction; one that was carried out before is answered as then.

        A request that fails leaves nothing, so that it can be sent again under its key. Keys are stored as digests.

        Args:
            request: The request.
            carry_out: Writes what it requests, by this database alone, and returns the answer.

        Raises:
            UsageError: The key belongs to another request.
            StoreError: The database does not answer.
        """
        keys, bodies = self._remembered(request.key), self._remembered(request.body)
        with self._database.transaction() as connection:
            at = self._clock(connection)
            connection.execute(delete(IDEMPOTENCY_KEYS).where(_KEYS.at <= at - MAX_AGE))
            earlier = _answer_of(connection, request.sender, keys, bodies)
            if earlier is None and not _insert(connection, sender=request.sender, key=keys[0], body=bodies[0], answer="", at=at):
                earlier = _answer_of(connection, request.sender, keys, bodies)
            if earlier is not None:
                return KeyedAnswer(earlier, repeated=True)
            answer = carry_out()
            update_record(connection, IDEMPOTENCY_KEYS, request.sender, keys[0], answer=answer)
        return KeyedAnswer(answer, repeated=False)

    def _remembered(self, text: str) -> list[str]:
        """Return the digests of a text, the present one first, and last the one that earlier versions stored."""
        return [*self._digests.all(text), *self._digests.forms(hashlib.sha256(text.encode()).hexdigest())]


def _insert(connection: Connection, **values: object) -> bool:
    """Return whether a key is new; where another worker carries its request out at this moment, wait for it."""
    return connection.execute(insert_if_new(connection, IDEMPOTENCY_KEYS, **values).returning(_KEYS.key)).scalar() is not None


def _answer_of(connection: Connection, sender: str, keys: Sequence[str], bodies: Sequence[str]) -> str | None:
    """Return the answer to a request that was carried out before; None where it was not."""
    row = connection.execute(select(IDEMPOTENCY_KEYS).where(_KEYS.sender == sender, _KEYS.key.in_(keys))).first()
    if row is not None and row.body not in bodies:
        raise make_error(UsageError, "idempotency_key_used")
    return None if row is None else str(row.answer)
