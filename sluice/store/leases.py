"""One writer at a time: claims with a heartbeat, a time to live, and an epoch that fences whoever lost one."""

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
class HeldLease:
    """A claim that this process took."""

    name: str
    epoch: int
    owner: str


class Leases:
    """Takes claims, keeps them alive and gives them back."""

    def __init__(self, database: Database, *, ttl: float = 30.0) -> None:
        """Hold nothing yet.

        Args:
            database: Whose clock all workers share.
            ttl: Seconds without a heartbeat after which a claim may be taken over; one of a dead process of this machine at once.
        """
        self._database = database
        self._ttl = ttl
        self._own_leases: dict[str, HeldLease] = {}

    @contextmanager
    def hold(self, name: str) -> Iterator[HeldLease]:
        """Hold a claim while the context lasts.

        Raises:
            Claimed: A living worker holds it.
        """
        lease = self._take(name)
        self._own_leases[name] = lease
        stopped = threading.Event()
        heart = threading.Thread(target=self._beat, args=(lease, stopped), name=f"claim {name}", daemon=True)
        heart.start()
        try:
            yield lease
        finally:
            stopped.set()
            heart.join()
            self._own_leases.pop(name, None)
            self._give_back(lease)

    def own(self, name: str) -> HeldLease | None:
        """The claim of that name, where this process holds it."""
        return self._own_leases.get(name)

    def _take(self, name: str) -> HeldLease:
        owner = f"{_HOST}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        with self._database.write() as session:
            moment = now(session).timestamp()
            row = session.get(LeaseRow, name, with_for_update=True)
            if row is None:
                row = LeaseRow(name=name, owner=None, epoch=0, beat=moment, ttl=self._ttl)
                session.add(row)
            if row.owner is not None and moment - row.beat < row.ttl and not _dead(row.owner):
                raise LeaseHeld(f"{name} is being worked on by {row.owner.rpartition('/')[0]}; wait until it is done, or stop it")
            row.owner, row.epoch, row.beat, row.ttl = owner, row.epoch + 1, moment, self._ttl
            return HeldLease(name, row.epoch, owner)

    def _beat(self, lease: HeldLease, stopped: threading.Event) -> None:
        while not stopped.wait(self._ttl / 3):
            try:
                with self._database.write() as session:
                    session.execute(_row_of(lease).values(beat=now(session).timestamp()))
            except StoreError:  # a busy database is asked again at the next beat; the epoch guards what is published meanwhile
                continue

    def _give_back(self, lease: HeldLease) -> None:
        with self._database.write() as session:
            session.execute(_row_of(lease).values(owner=None))


def fence(session: Session, lease: Lease) -> None:
    """Pass only while a claim is still its holder's; nobody can take it over before the transaction ends.

    Raises:
        Fenced: It was taken over.
    """
    epoch = session.execute(select(LeaseRow.epoch).where(LeaseRow.name == lease.name).with_for_update()).scalar_one_or_none()
    if epoch != lease.epoch:
        raise Fenced(f"the claim of {lease.name} was taken over by another worker; nothing was published")


def _row_of(lease: HeldLease) -> Update:
    return update(LeaseRow).where(LeaseRow.name == lease.name, LeaseRow.epoch == lease.epoch, LeaseRow.owner == lease.owner)


def _dead(owner: str) -> bool:
    """True where the owner was a process of this machine that is no more."""
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
