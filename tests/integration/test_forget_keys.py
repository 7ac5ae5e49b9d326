"""Keys rotate, and a lost database brings nobody back: what is recognised depends on keys and on a list of keyed digests beside the lake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from sluice.app import App, build
from sluice.app.forget import forget, identify
from sluice.errors import UsageError
from sluice.store.suppression_file import FILE
from sluice.store.tables import SUPPRESSIONS
from sluice.wiring.forget_key import FORMER_VARIABLE, KEY_VARIABLE

FIRST, SECOND = "the first key of the tests, for one shop", "the second key of the tests, for one shop"
CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  customers:
    source: {files: "landing/*.csv"}
    mode: upsert
    key: [user_id]
    columns: {user_id: {required: true}, email: {personal: true}}
"""
ROWS = "user_id,email\nu17,ann@mail.example\nu18,bo@mail.example\nu19,cy@mail.example\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop that has run once."""
    monkeypatch.setenv(KEY_VARIABLE, FIRST)
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    (tmp_path / "landing/customers-2026-03-01.csv").write_text(ROWS)
    with build(tmp_path / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
    return tmp_path


@pytest.fixture
def app(folder: Path) -> Iterator[App]:
    with build(folder / "sluice.yaml") as app:
        yield app


def forget_user(app: App, user: str) -> None:
    forget(app, identify(app, "", ["user_id"], [user]), by="Ada", reason="request 7")


def send_again(app: App) -> int:
    """Land the shop's export once more, and return how many of its rows were published before."""
    (app.config.root / "landing/customers-2026-03-02.csv").write_text(ROWS)
    (run,) = app.run(app.pending_arrivals())
    return run.copies


def users(app: App) -> set[str]:
    return set(app.store.snapshot().published("customers").collect()["user_id"])


def test_after_a_rotation_people_of_both_keys_stay_away_under_their_pseudonyms(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_user(app, "u17")
    (ann,) = users(app) - {"u18", "u19"}
    monkeypatch.setenv(KEY_VARIABLE, SECOND)
    with pytest.raises(UsageError, match="or add it to SLUICE_FORGET_OLD_KEYS"):
        forget_user(app, "u18")
    monkeypatch.setenv(FORMER_VARIABLE, f"a key that nobody was forgotten under\n{FIRST}\n")
    forget_user(app, "u18")
    (bo,) = users(app) - {"u19", ann}
    first, second = app.store.suppressions.all()
    assert bo.startswith(f"forgotten-{second.key_id[:8]}-")
    assert first.key_id != second.key_id
    assert send_again(app) == 3
    forget_user(app, "u17")  # done twice, under another key by now, it changes nothing
    assert users(app) == {ann, bo, "u19"}
    assert [record.key_id for record in app.store.suppressions.all()] == [first.key_id, second.key_id]


def test_a_database_without_the_records_of_people_does_not_bring_them_back(app: App) -> None:
    forget_user(app, "u17")
    before = users(app)
    with app.store.database.write() as connection:
        connection.execute(delete(SUPPRESSIONS))  # as of a backup from before
    path = app.path
    app.close()
    with build(path) as restored:
        assert send_again(restored) == 3
        assert users(restored) == before
        (record,) = restored.store.suppressions.all()
        assert record.finished is not None
        assert "person_listed" in record.reason


def test_a_database_that_is_lost_wholly_does_not_bring_them_back(app: App) -> None:
    forget_user(app, "u17")
    before, path, root = users(app), app.path, app.config.root
    app.close()
    for file in (root / ".sluice").glob("sluice.db*"):
        file.unlink()
    with build(path) as restored:
        assert send_again(restored) == 3
        assert users(restored) == before


def test_the_list_beside_the_lake_is_written_anew_where_it_is_missing_and_holds_digests_alone(app: App) -> None:
    forget_user(app, "u17")
    listed, path = app.config.root / ".sluice/lake" / FILE, app.path
    content = listed.read_text()
    assert not any(text in content for text in ("u17", "ann@mail.example", "Ada", "request 7"))
    listed.unlink()
    app.close()
    with build(path) as opened:
        opened.store.catch_up()
    assert listed.read_text() == content
