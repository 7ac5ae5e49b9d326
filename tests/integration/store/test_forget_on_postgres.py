"""A person who is forgotten leaves the records of a database on PostgreSQL, and its tables are written anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from sluice.app import App, build
from sluice.app.forget import forget, identify
from sluice.domain import Request
from sluice.store import connect
from sluice.wiring.forget_key import KEY_VARIABLE

CONFIG = """
clock: 2026-03-10T00:00:00Z
database: {url}
datasets:
  customers:
    source: {{files: "landing/customers*.csv"}}
    mode: upsert
    key: [user_id]
    columns: {{user_id: {{required: true}}, email: {{personal: true}}}}
"""


def file_of_requests(url: str) -> object:
    """Return the number of the file in which PostgreSQL keeps the table of requests."""
    engine = connect(url)
    with engine.connect() as connection:
        number = connection.execute(text("SELECT relfilenode FROM pg_class WHERE relname = 'requests'")).scalar_one()
    engine.dispose()
    return number


def places_with_planted(app: App, url: str) -> list[str]:
    engine = connect(url)
    with engine.connect() as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        held = [name for name in names if "planted" in str(connection.execute(text(f'SELECT * FROM "{name}"')).all())]  # a name of the database
    engine.dispose()
    lake = [path for path in (app.config.root / ".sluice/lake").rglob("*.json") if "planted" in path.read_text(encoding="utf-8")]
    return [*held, *map(str, lake)]


def test_a_forgotten_person_is_in_no_table_of_postgresql(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key of the tests, for one shop")
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing/customers.csv").write_text("user_id,email\nu-planted,ann.planted@mail.example\nu18,b@mail.example\n")
    (tmp_path / "sluice.yaml").write_text(CONFIG.format(url=postgres))
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        app.store.requests.submit(Request("r1", "reject", "customers", "Ada", "asked by ann.planted@mail.example", app.now(), ("x",)))
        assert "requests" in places_with_planted(app, postgres)
        before = file_of_requests(postgres)
        erasure = forget(app, identify(app, "", ["user_id"], ["u-planted"]), by="Ada", reason="request 7", mode="delete")
        assert {entry.place.name for entry in erasure.remaining} == {"source files"}
        assert places_with_planted(app, postgres) == []
        assert file_of_requests(postgres) != before
        assert app.store.snapshot().published("customers").collect()["user_id"].to_list() == ["u18"]
        assert not app.store.activity.verify().problem
