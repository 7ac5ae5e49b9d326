"""Let one worker write at a time: leases with a heartbeat, a time to live, and an epoch as fencing token."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Update, select, update

from sluice.errors import Fenced, LeaseHeld, StoreError
from sluice.ports import Lease
from sluice.store.database import Database, now
from sluice.store.records import get_record, save_record
from sluice.store.tables import LEASES

_HOST = socket.gethostname()
_EPOCHS_SINCE = 1_577_836_800  # 2020-01-01, so that epochs fit into 32 bits until 2088


@dataclass(frozen=True, slots=True)
class OwnLease:
    """Hold a lease of this process.

    Attributes:
        name: What is leased.
        epoch: The fencing token.
        owner: `<host>/<process id>/<random part>`.
        taken: Whether the holder before did not give it back: it may be paused, and go on.
    """

    name: str
    epoch: int
    owner: str
    taken: bool = False

    @property
    def worker(self) -> str:
        """Return the host and process id of the owner."""
        return self.owner.rpartition("/")[0]


class Leases:
    """Acquire leases, keep them alive and release them."""

    def __init__(self, database: Database, *, ttl: float = 30.0) -> None:
        """Hold nothing yet.

        Args:
            database: Its clock is the one that all workers share.
            ttl: Seconds without a heartbeat after which a lease may be taken over; one of a dead process of this machine at once.
        """
        self._database = database
        self._ttl = ttl
        self._own: dict[str, OwnLease] = {}

    @contextmanager
    def hold(self, name: str) -> Iterator[OwnLease]:
        """Hold a lease while the context lasts.

        Raises:
            LeaseHeld: A living worker holds it.
        """
        lease = self._acquire(name)
        self._own[name] = lease
        stopped = threading.Event()
        heart = threading.Thread(target=self._beat, args=(lease, stopped), name=f"lease {name}", daemon=True)
        heart.start()
        try:
            yield lease
        finally:
            stopped.set()
            heart.join()
            self._own.pop(name, None)
            self._release(lease)

    def own(self, name: str) -> OwnLease | None:
        """Return the lease of that name, where this process holds it."""
        return self._own.get(name)

    def _acquire(self, name: str) -> OwnLease:
        owner = f"{_HOST}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        with self._database.write() as connection:
            moment = now(connection).timestamp()
            row = get_record(connection, LEASES, name, for_update=True)
            if row is not None and row.owner is not None and moment - row.heartbeat < row.ttl and not _dead(row.owner):
                raise LeaseHeld(f"{name} is being worked on by {row.owner.rpartition('/')[0]}; wait until it is done, or stop it")
            epoch = _next_epoch(row.epoch if row else 0, moment)
            save_record(connection, LEASES, name, owner=owner, epoch=epoch, heartbeat=moment, ttl=self._ttl)
            return OwnLease(name, epoch, owner, taken=row is not None and row.owner is not None)

    def _beat(self, lease: OwnLease, stopped: threading.Event) -> None:
        while not stopped.wait(self._ttl / 3):
            try:
                with self._database.write() as connection:
                    connection.execute(_update(lease).values(heartbeat=now(connection).timestamp()))
            except StoreError:  # a busy database is asked again at the next beat; the epoch guards what is published meanwhile
                continue

    def _release(self, lease: OwnLease) -> None:
        with self._database.write() as connection:
            connection.execute(_update(lease).values(owner=None))


def fence(connection: Connection, lease: Lease) -> None:
    """Pass only while a lease is still its holder's; nobody can take it over before the transaction ends.

    Raises:
        Fenced: It was taken over.
    """
    epoch = connection.execute(select(LEASES.c.epoch).where(LEASES.c.name == lease.name).with_for_update()).scalar_one_or_none()
    if epoch != lease.epoch:
        raise Fenced(f"the lease of {lease.name} was taken over by another worker; nothing was published")


def _next_epoch(last: int, moment: float) -> int:
    """Return an epoch after the last one; seconds of the clock, so that a database restored from a backup repeats none that the lake knows."""
    return max(last + 1, int(moment) - _EPOCHS_SINCE)


def _update(lease: OwnLease) -> Update:
    return update(LEASES).where(LEASES.c.name == lease.name, LEASES.c.epoch == lease.epoch, LEASES.c.owner == lease.owner)


def _dead(owner: str) -> bool:
    """Return True where the owner was a process of this machine that has ended."""
    host, pid, _ = owner.rsplit("/", 2)
    if host != _HOST:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
