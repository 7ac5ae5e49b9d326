"""Who holds a lease: one process of one machine, never another one of the same name or number."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from sluice.errors import LeaseHeld, StoreError
from sluice.store.leases import Leases
from sluice.store.owners import Owner, has_ended, parse_owner, this_process
from sluice.store.tables import LEASES

HERE = this_process()
TWIN = replace(HERE, boot="another-boot")  # a machine of the same host name, made from the same image
FREE = 2**22 - 1  # a process id that none has


def leases_of(shop: Any, owner: Owner, local: str = "") -> Leases:
    return Leases(shop.store.database, here=lambda: owner, local=local)


def leave(shop: Any, owner: Owner) -> None:
    """Leave a lease behind that was not given back, as a worker that died does, or one that lives on."""
    with leases_of(shop, owner).hold("events"):
        pass
    with shop.store.database.write() as connection:
        connection.execute(update(LEASES).where(LEASES.c.name == "events").values(owner=str(owner)))


def test_a_living_lease_of_another_machine_of_the_same_host_name_is_not_taken_over(shop: Any) -> None:
    leave(shop, replace(TWIN, pid=FREE))
    with pytest.raises(LeaseHeld), leases_of(shop, HERE).hold("events"):
        pytest.fail("it was taken over")


def test_a_living_lease_of_another_container_is_not_taken_over(shop: Any) -> None:
    leave(shop, replace(HERE, pid=FREE, space="another"))
    with pytest.raises(LeaseHeld), leases_of(shop, HERE).hold("events"):
        pytest.fail("it was taken over")


def test_a_lease_that_an_earlier_version_took_lives_as_long_as_its_heartbeat(shop: Any) -> None:
    leave(shop, parse_owner(f"{HERE.host}/{FREE}/0123abcd"))
    with pytest.raises(LeaseHeld), leases_of(shop, HERE).hold("events"):
        pytest.fail("it was taken over")


@pytest.mark.parametrize("gone", [replace(HERE, pid=FREE, started="1"), replace(HERE, started="1")], ids=["its number is free", "its number is used again"])
def test_the_lease_of_a_dead_process_of_this_machine_is_taken_over_at_once(shop: Any, gone: Owner) -> None:
    leave(shop, gone)
    with leases_of(shop, HERE).hold("events") as lease:
        assert lease.taken


def test_a_process_that_was_killed_has_ended_though_nobody_asked_for_its_exit_code() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", "from sluice.store.owners import this_process; print(this_process(), flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    owner = parse_owner(child.stdout.readline())
    assert not has_ended(owner, HERE)
    child.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it stays a zombie
    assert has_ended(owner, HERE)
    child.communicate()


def test_the_text_of_an_owner_gives_the_same_owner() -> None:
    assert parse_owner(str(HERE)) == HERE
    assert len(str(HERE)) < 255


def test_a_second_machine_is_refused_by_a_store_that_serves_one(shop: Any) -> None:
    with leases_of(shop, HERE, "the database (SQLite)").hold("events"):
        with pytest.raises(StoreError, match="serves one machine"), leases_of(shop, TWIN, "the database (SQLite)").hold("catalog"):
            pytest.fail("two machines write")
        with leases_of(shop, replace(HERE, pid=FREE), "the database (SQLite)").hold("catalog"):
            pass  # another process of this machine


def test_a_machine_that_rests_leaves_its_store_to_another(shop: Any) -> None:
    leases_of(shop, HERE, "the lake (a local folder)").use_here()
    with pytest.raises(StoreError, match="the lake"):
        leases_of(shop, TWIN, "the lake (a local folder)").use_here()
    with shop.store.database.write() as connection:
        connection.execute(update(LEASES).values(heartbeat=LEASES.c.heartbeat - 31))
    leases_of(shop, TWIN, "the lake (a local folder)").use_here()


def test_a_store_of_a_local_folder_serves_one_machine(shop: Any) -> None:
    assert ("SQLite" in shop.store._local_part()) == shop.store.database.engine.url.get_backend_name().startswith("sqlite")
    other = shop.reopen()
    other.leases = leases_of(shop, TWIN, other._local_part())
    with shop.store.lease("events"), pytest.raises(StoreError, match="serves one machine"), other.lease("catalog"):
        pytest.fail("two machines write to one folder")
