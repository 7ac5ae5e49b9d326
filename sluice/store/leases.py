"""Let one worker write at a time: leases with a heartbeat, a time to live, and an epoch as fencing token."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Update, select, update

from sluice.errors import Fenced, LeaseHeld, StoreError
from sluice.messages import make_error
from sluice.ports import Lease
from sluice.store.database import Database, now
from sluice.store.owners import Owner, has_ended, parse_owner, this_process
from sluice.store.records import get_record, save_record
from sluice.store.tables import LEASES

_EPOCHS_SINCE = 1_577_836_800  # 2020-01-01, so that epochs fit into 32 bits until 2088

_MACHINE = "store.machine"  # record of the machine that wrote last, of a store that serves one


@dataclass(frozen=True, slots=True)
class OwnLease:
    """Hold a lease of this process.

    Attributes:
        name: What is leased.
        epoch: The fencing token.
        owner: The process that holds it.
        taken: Whether the holder before did not give it back: it may be paused, and go on.
    """

    name: str
    epoch: int
    owner: Owner
    taken: bool = False

    @property
    def worker(self) -> str:
        """Return the host and process id of the owner."""
        return self.owner.worker


class Leases:
    """Acquire leases, keep them alive and release them."""

    def __init__(self, database: Database, *, ttl: float = 15.0, here: Callable[[], Owner] = this_process, local: str = "") -> None:
        """Hold nothing yet.

        Args:
            database: Its clock is the one that all workers share.
            ttl: Seconds without a heartbeat after which a lease may be taken over; one of a dead process of this machine at once.
            here: Names the present process.
            local: What of the store serves one machine alone, such as its SQLite database; empty where several machines may write.
        """
        self._database = database
        self._ttl = ttl
        self._here = here
        self._local = local
        self._own: dict[str, OwnLease] = {}

    @contextmanager
    def hold(self, name: str) -> Iterator[OwnLease]:
        """Hold a lease while the context lasts.

        Raises:
            LeaseHeld: A living worker holds it.
            StoreError: Another machine writes to a store that serves one.
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

    def worker_of(self, name: str) -> str:
        """Return who holds a lease now, as `<host>/<process id>`; empty where nobody who lives does."""
        with self._database.read() as connection:
            row, moment = get_record(connection, LEASES, name), now(connection).timestamp()
        if row is None or row.owner is None or not _lives(row, moment):
            return ""
        owner = parse_owner(row.owner)
        return "" if has_ended(owner, self._here()) else owner.worker

    def use_here(self) -> None:
        """Record that this machine uses the store, where it serves one.

        Raises:
            StoreError: Another machine does.
        """
        if self._local:
            with self._database.write() as connection:
                self._claim_machine(connection, self._here(), now(connection).timestamp())

    def _acquire(self, name: str) -> OwnLease:
        owner = self._here()
        with self._database.write() as connection:
            moment = now(connection).timestamp()
            row = get_record(connection, LEASES, name, for_update=True)
            self._claim_machine(connection, owner, moment)
            if row is not None and row.owner is not None and _lives(row, moment) and not has_ended(parse_owner(row.owner), owner):
                raise make_error(LeaseHeld, "lease_held", dataset=name, worker=parse_owner(row.owner).worker)
            epoch = _next_epoch(row.epoch if row else 0, moment)
            save_record(connection, LEASES, name, owner=str(owner), epoch=epoch, heartbeat=moment, ttl=self._ttl)
            return OwnLease(name, epoch, owner, taken=row is not None and row.owner is not None)

    def _claim_machine(self, connection: Connection, owner: Owner, moment: float) -> None:
        """Record that a machine writes, where the store serves one; refuse a second one as long as the first does."""
        if not self._local:
            return
        row = get_record(connection, LEASES, _MACHINE, for_update=True)
        if row is not None and _lives(row, moment) and not parse_owner(row.owner).on_machine_of(owner):
            raise make_error(StoreError, "store_of_one_machine", store=self._local, worker=parse_owner(row.owner).worker, seconds=self._ttl)
        save_record(connection, LEASES, _MACHINE, owner=str(owner), epoch=0, heartbeat=moment, ttl=self._ttl)

    def _beat(self, lease: OwnLease, stopped: threading.Event) -> None:
        while not stopped.wait(self._ttl / 3):
            try:
                with self._database.write() as connection:
                    moment = now(connection).timestamp()
                    connection.execute(_update(lease).values(heartbeat=moment))
                    self._claim_machine(connection, lease.owner, moment)
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
        raise make_error(Fenced, "lease_lost", dataset=lease.name)


def _next_epoch(last: int, moment: float) -> int:
    """Return an epoch after the last one; seconds of the clock, so that a database restored from a backup repeats none that the lake knows."""
    return max(last + 1, int(moment) - _EPOCHS_SINCE)


def _update(lease: OwnLease) -> Update:
    return update(LEASES).where(LEASES.c.name == lease.name, LEASES.c.epoch == lease.epoch, LEASES.c.owner == str(lease.owner))


def _lives(row: Row[Any], moment: float) -> bool:
    """Return True where the last heartbeat of a record is not longer ago than it may be."""
    return bool(moment - row.heartbeat < row.ttl)
