"""Let one worker write at a time: leases with a heartbeat, a time to live, and an epoch as fencing token."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from sluice.errors import Fenced, LeaseHeld, StoreError
from sluice.ports import Lease
from sluice.store.database import Database, now
from sluice.store.tables import LeaseRow

_HOST = socket.gethostname()


@dataclass(frozen=True, slots=True)
class OwnLease:
    """Hold a lease of this process.

    Attributes:
        name: What is leased.
        epoch: The fencing token.
        owner: `<host>/<process id>/<random part>`.
    """

    name: str
    epoch: int
    owner: str

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
        with self._database.write() as session:
            moment = now(session).timestamp()
            row = session.get(LeaseRow, name, with_for_update=True)
            if row is None:
                row = LeaseRow(name=name, owner=None, epoch=0, heartbeat=moment, ttl=self._ttl)
                session.add(row)
            if row.owner is not None and moment - row.heartbeat < row.ttl and not _dead(row.owner):
                raise LeaseHeld(f"{name} is being worked on by {row.owner.rpartition('/')[0]}; wait until it is done, or stop it")
            row.owner, row.epoch, row.heartbeat, row.ttl = owner, row.epoch + 1, moment, self._ttl
            return OwnLease(name, row.epoch, owner)

    def _beat(self, lease: OwnLease, stopped: threading.Event) -> None:
        while not stopped.wait(self._ttl / 3):
            try:
                with self._database.write() as session:
                    session.execute(_update(lease).values(heartbeat=now(session).timestamp()))
            except StoreError:  # a busy database is asked again at the next beat; the epoch guards what is published meanwhile
                continue

    def _release(self, lease: OwnLease) -> None:
        with self._database.write() as session:
            session.execute(_update(lease).values(owner=None))


def fence(session: Session, lease: Lease) -> None:
    """Pass only while a lease is still its holder's; nobody can take it over before the transaction ends.

    Raises:
        Fenced: It was taken over.
    """
    epoch = session.execute(select(LeaseRow.epoch).where(LeaseRow.name == lease.name).with_for_update()).scalar_one_or_none()
    if epoch != lease.epoch:
        raise Fenced(f"the lease of {lease.name} was taken over by another worker; nothing was published")


def _update(lease: OwnLease) -> Update:
    return update(LeaseRow).where(LeaseRow.name == lease.name, LeaseRow.epoch == lease.epoch, LeaseRow.owner == lease.owner)


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
