"""What PostgreSQL and the network answer is told in one line, and a lost connection is replaced."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from sluice.errors import StoreError
from sluice.store import Database, connect

BEGUN = (
    "CREATE TABLE full_locked (id int PRIMARY KEY, parent int REFERENCES full_locked, price int NOT NULL CHECK (price > 0))",
    "INSERT INTO full_locked VALUES (1, 1, 1)",
)


@pytest.fixture
def database(postgres: str) -> Iterator[Database]:
    database = Database(connect(postgres))
    yield database
    database.engine.dispose()


def run(database: Database, *statements: str) -> None:
    with database.write() as session:
        for statement in statements:
            session.execute(text(statement))


@pytest.mark.parametrize("row", ["1, 1, 1", "2, 7, 1", "3, 1, NULL", "4, 1, -1"])
def test_a_record_that_does_not_fit_is_refused_whatever_its_table_is_called(database: Database, row: str) -> None:
    run(database, *BEGUN)
    with pytest.raises(StoreError, match="refuses a record"):
        run(database, f"INSERT INTO full_locked VALUES ({row})")


def test_a_connection_that_the_server_ends_is_told_and_replaced(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(StoreError, match="does not answer"):
        run(database, "SELECT pg_terminate_backend(pg_backend_pid())")
    run(database, "SELECT 1")
    assert caplog.text == ""


def test_a_savepoint_leaves_what_was_before_it(database: Database) -> None:
    run(database, *BEGUN)
    with database.write() as session:
        session.execute(text("INSERT INTO full_locked VALUES (2, 1, 1)"))
        savepoint = session.begin_nested()
        session.execute(text("INSERT INTO full_locked VALUES (3, 1, 1)"))
        savepoint.rollback()
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM full_locked")).scalar_one() == 2


def test_queries_have_no_limit_of_time(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.connection.dbapi_connection._usock.gettimeout() is None  # type: ignore[union-attr]  # the driver's own


@pytest.mark.parametrize("query", ["?sslmode=perhaps", "?sslmode=verify-full&sslrootcert=/missing", "?colour=red"])
def test_a_setting_of_the_address_that_cannot_be(query: str) -> None:
    with pytest.raises(StoreError, match=r"sslmode perhaps|sslrootcert names cannot be read|not known.*colour"):
        run(Database(connect(f"postgresql://u:secret@127.0.0.1:1/x{query}")), "SELECT 1")


def test_an_address_without_a_user() -> None:
    with pytest.raises(StoreError, match="names no user"):
        run(Database(connect("postgresql://127.0.0.1:1/x")), "SELECT 1")


def test_a_server_that_speaks_something_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(100)
                caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(StoreError, match="does not answer") as error:
            run(Database(connect(f"postgresql://u:secret@127.0.0.1:{server.getsockname()[1]}/x")), "SELECT 1")
        thread.join()
    assert "secret" not in str(error.value)
