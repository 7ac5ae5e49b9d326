"""A person who is planted in every registered place is in none after `sluice forget`, as a scanner says that shares no code with it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sluice.app import App, build, process_requests
from sluice.app.forget import forget, identify
from sluice.domain import ROW, ErasureMode, Message, RecordedEvent, Request
from sluice.domain.exposures import ShownList
from sluice.domain.value_places import ERASURE_PLANS, NAMES_OF_PEOPLE, PLACES, SQLITE_PAGES, place_of_file
from sluice.rules.keyed_digests import KeyedDigests
from sluice.rules.pseudonyms import Pseudonyms
from sluice.store.event_ids import is_new
from sluice.store.idempotency import IdempotencyKeys, KeyedRequest
from sluice.wiring.forget_key import KEY_VARIABLE
from tests.byte_scanner import scan
from tests.planting import plant_in_files, plant_in_records

USER, MAIL, NAME = "u-planted-17", "ann.planted@mail.example", "Änn Plänted"
KEY = "a key of the tests, for one shop"
SHOWN_TO = Pseudonyms(KEY).users(Pseudonyms(KEY).digest(USER))  # names of the person in the log of exposures, by this version and an earlier one
PERSON, TEXT = (USER, MAIL, NAME, *SHOWN_TO), f"of {USER}, {NAME}, {MAIL}"
DATABASE = "sluice.db"
CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  customers:
    source: {files: "landing/customers*.csv"}
    mode: upsert
    key: [user_id]
    columns: {user_id: {required: true}, email: {personal: true}, name: {personal: true}, city: {}}
    clean: [normalize_text]
  events:
    source: {files: "landing/events*.csv"}
    mode: append
    key: [id]
    columns: {id: {required: true}, customer: {}, amount: {type: number}, note: {}}
    suite:
      - expect_column_values_to_be_between: {column: amount, min_value: 0}
      - expect_column_values_to_exist_in_dataset: {column: customer, dataset: customers, reference_column: user_id}
  reviews:
    source: {url: "sqlite:///FOLDER/shop.db", table: reviews, watermark: id}
    mode: append
    key: [id]
    columns: {id: {required: true}, user_id: {}, email: {personal: true}, text: {}}
"""


def land(folder: Path, day: int) -> None:
    """Land the shop's exports of a day: each has the person, who is in a row that is held, too."""
    customers = [f"{USER},{MAIL}, Änn  Plänted,Berlin {day}", f"u18,bo@mail.example,Bo Other,Rome {day}"]
    events = [f"o{day}1,{USER},5,for {MAIL}", f"o{day}2,{USER},-5,bell of {NAME}", f"o{day}3,u18,5,none"]
    (folder / "landing").mkdir(exist_ok=True)
    (folder / f"landing/customers-2026-03-0{day}.csv").write_text("\n".join(["user_id,email,name,city", *customers]) + "\n")
    (folder / f"landing/events-2026-03-0{day}.csv").write_text("\n".join(["id,customer,amount,note", *events]) + "\n")
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        shop.execute("CREATE TABLE IF NOT EXISTS reviews (id INTEGER, user_id TEXT, email TEXT, text TEXT)")
        shop.executemany("INSERT INTO reviews VALUES (?, ?, ?, ?)", [(2 * day, "u18", "bo@mail.example", "fine"), (2 * day + 1, USER, MAIL, f"by {NAME}")])
        shop.commit()


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A shop with the person in every registered place that an erasure changes."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    (tmp_path / "sluice.yaml").write_text(CONFIG.replace("FOLDER", str(tmp_path)))
    with build(tmp_path / "sluice.yaml") as app:
        for day in (1, 2):
            land(tmp_path, day)
            list(app.run(app.pending_arrivals()))
        released = app.store.quarantine.held("events")[ROW].to_list()[:1]
        app.store.requests.submit(Request("r1", "release", "events", "Ada", f"asked by {MAIL}", app.now(), tuple(released)))
        process_requests(app)
        forget(app, identify(app, "", ["user_id"], ["u99"]), by="Ada", reason="request 1")  # so that there is a record to plant in
        app.store.activity.log(who="Ada", what="look", subject=TEXT, reason=Message.text(TEXT), at=app.now())
        plant_in_files(app, USER, TEXT)
        app.store.exposures.add([ShownList("l1", app.now(), name, "home", 1, ("mug",)) for name in SHOWN_TO])
        remember_without_key(app)
        leave_drafts(app)
        yield app


def remember_without_key(app: App) -> None:
    """Store digests that a program without a key remembers, of an id and a key that name the person."""
    digests, event = KeyedDigests(), RecordedEvent("u18", "mug", "view", app.now(), id=USER)
    with app.store.database.write() as connection:
        assert is_new(connection, event, app.now(), digests)
    IdempotencyKeys(app.store.database, digests=digests).once(KeyedRequest("shop", MAIL, "a body"), lambda: "an answer")


def leave_drafts(app: App) -> None:
    """Leave what killed programs leave, two hours ago: a posted file, a landing copy and the record of a run, half written."""
    root, cells = app.config.root, f"id,customer,amount,note\no9,{USER},5,{TEXT}\n"
    names = ("landing/.posted-1-2-events-a.csv", ".sluice/landing/reviews/.reviews-000009.parquet.7.part", ".sluice/lake/_runs/events/.00000009.json.7")
    for name in names:
        (root / name).write_text(cells)
        long_ago = (root / name).stat().st_mtime - 7200
        os.utime(root / name, (long_ago, long_ago))


def stored(app: App) -> dict[str, set[str]]:
    return scan(app.config.root / ".sluice", PERSON)


def places_of(hits: dict[str, set[str]]) -> set[str]:
    """Return the registered places that files with hits belong to."""
    lake = [place_of_file("lake", name.removeprefix("lake/")) for name in hits if name.startswith("lake/")]
    state = [place_of_file("state", name) for name in hits if not name.startswith("lake/")]
    return {place.name for place in (*lake, *state) if place is not None}


@pytest.mark.parametrize("mode", ["pseudonymise", "delete"])
def test_a_person_in_every_registered_place_is_in_none_after(app: App, mode: ErasureMode) -> None:
    columns = plant_in_records(app, USER, TEXT)
    before = stored(app)
    assert columns <= {name.removeprefix(f"{DATABASE}:") for name in before}, "tests/planting.py plants nothing there"
    assert {f"{DATABASE}:event_ids.event", f"{DATABASE}:idempotency_keys.key"} <= before.keys()
    in_files = {place.name for place in PLACES if place.files and place.root in ("lake", "state") and place.eraser != "by_hand"}
    assert in_files <= places_of(before), "plant the person there, in the shop of this test or in tests/planting.py"
    assert {place.name for place in PLACES if place.root == "state" and not place.files} == {SQLITE_PAGES}

    erasure = forget(app, identify(app, "", ["user_id", "email"], [USER, MAIL]), by="Ada", reason="request 7", mode=mode)
    assert stored(app) == {}
    assert not any(path.name.startswith(".posted-") for path in (app.config.root / "landing").iterdir())
    assert {entry.place.name for entry in erasure.remaining} == {"source files"}
    assert {ERASURE_PLANS, NAMES_OF_PEOPLE}.isdisjoint({entry.place.name for entry in erasure.remaining})

    shutil.rmtree(app.config.root / "landing")
    land(app.config.root, 3)
    land(app.config.root, 1)
    list(app.run(app.pending_arrivals()))
    assert stored(app) == {}
