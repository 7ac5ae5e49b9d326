"""The activity log is append-only and one chain, whoever writes to it: the same on each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeAlias

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sluice.domain import Message
from sluice.store import Database, SqlStore, connect
from sluice.store.activity import Activity
from sluice.store.activity_log import with_log_keys
from sluice.store.values.query import ValueQuery
from sluice.store.values.vault import ValueStore
from tests.patience import PATIENCE

Shop: TypeAlias = Any  # the class stands in conftest.py, which tests do not import
WRITERS, ENTRIES = 4, 12


def log(store: SqlStore, *subjects: str) -> None:
    for subject in subjects:
        store.activity.log(who="Ada", what="look", subject=subject, reason=Message.text("asked by ann@mail.example"), at=store._clock())


def change(store: SqlStore, statement: str) -> None:
    with store.database.engine.begin() as connection:
        connection.execute(text(statement))


def test_entries_are_one_chain(shop: Shop) -> None:
    assert shop.store.activity.verify().entries == 0
    log(shop.store, "one", "two")
    check = shop.store.activity.verify()
    assert not check.problem
    assert (check.entries, check.unkeyed, check.unchained, check.digest) == (2, 2, 0, shop.store.activity.digest(2))
    assert [str(entry.subject) for entry in shop.store.activity.entries()] == ["two", "one"]


@pytest.mark.parametrize("statement", ["DELETE FROM activity WHERE number = 1", "UPDATE activity SET who = 'Eve'", "UPDATE activity SET subject = 'no'"])
def test_the_database_refuses_to_change_an_entry(shop: Shop, statement: str) -> None:
    log(shop.store, "one", "two")
    with pytest.raises(DBAPIError, match="append-only"):
        change(shop.store, statement)
    assert not shop.store.activity.verify().problem


def test_the_database_refuses_an_entry_outside_the_chain(shop: Shop) -> None:
    log(shop.store, "one")
    with pytest.raises(DBAPIError, match="needs a number"):
        change(shop.store, "INSERT INTO activity (at, who, what, subject, reason) SELECT at, 'Eve', what, subject, reason FROM activity")
    assert shop.store.activity.verify().unchained == 0


def test_processes_that_write_at_once_do_not_fork_the_chain(shop: Shop, url: str) -> None:
    start = Barrier(WRITERS)

    def write(writer: int) -> None:
        engine = connect(url)
        start.wait(PATIENCE)
        for number in range(ENTRIES):
            Activity(Database(engine)).log(who=f"writer {writer}", what="look", subject=str(number), at=shop.now)
        engine.dispose()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    check = shop.store.activity.verify()
    assert not check.problem
    assert check.entries == WRITERS * ENTRIES


def test_an_end_that_was_cut_off_is_found(shop: Shop) -> None:
    log(shop.store, "one", "two")
    sqlite = shop.store.database.engine.dialect.name == "sqlite"
    with shop.store.database.engine.begin() as connection:  # as somebody with all rights does
        connection.execute(text("DROP TRIGGER activity_delete" if sqlite else "ALTER TABLE activity DISABLE TRIGGER activity_append_only"))
        connection.execute(text("DELETE FROM activity WHERE number = 2"))
        if not sqlite:
            connection.execute(text("ALTER TABLE activity ENABLE TRIGGER activity_append_only"))
    assert shop.store.activity.verify().problem == Message.of("log_missing", entry=2)


def test_erased_texts_keep_the_chain_valid_and_are_counted(shop: Shop, tmp_path: Any) -> None:
    log(shop.store, "one", "ann@mail.example", "two")
    vault = ValueStore(shop.store.database, shop.store.lake, tmp_path / "state")
    for _ in range(2):  # done again after a crash, it changes nothing more
        vault.erase_records(ValueQuery("ann@mail.example"), "[erased]", by="Ada", at=shop.now)
    check = shop.store.activity.verify()
    assert not check.problem
    assert (check.entries, check.erased) == (4, 4)
    newest, *rest = shop.store.activity.entries()
    assert (newest.what, newest.subject) == ("erase from the log", Message.of("about_texts", texts=4))
    assert {str(entry.reason) for entry in rest} == {"asked by [erased]"}


def test_a_log_that_has_a_key_is_checked_with_it(shop: Shop, url: str) -> None:
    log(shop.store, "one")
    keyed = Activity(Database(with_log_keys(connect(url), "new old")))
    keyed.log(who="Ada", what="look", subject="two", at=shop.now)
    check = keyed.verify()
    assert not check.problem
    assert (check.entries, check.unkeyed) == (2, 1)
    assert shop.store.activity.verify().problem == Message.of("log_key_unknown", entry=2)
    keyed._database.engine.dispose()
