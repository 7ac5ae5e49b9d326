"""A planted person is in every kind of place before `sluice forget`, in none after, and does not come back with what the shop sends again."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import save

from sluice.app import App, build
from sluice.app.forget import forget, identify, preview, resume, unfinished
from sluice.cli.main import outcome
from sluice.domain import ROW, STATE, Artifact, ErasureMode, Request
from sluice.errors import UsageError
from sluice.store.failpoints import ERASURE_POINTS
from sluice.store.row_states import row_states
from sluice.wiring.forget_key import KEY_VARIABLE, preview_keys
from sluice.worker.parts import PartSource
from sluice.worker.suppressing import arriving_source
from tests.processes import start_command

KEY = "a key of the tests, for one shop"
PLANTED = ("u-planted-17", "ann.planted@mail.example", "Ann Planted", "203.0.113.17", "1931-07-19")
CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  customers:
    source: {files: "landing/customers*.csv"}
    mode: upsert
    key: [user_id]
    columns:
      user_id: {required: true}
      email: {personal: true}
      name: {personal: true}
      born: {type: date, personal: true}
      city: {personal: true}
    clean: [normalize_text]
  events:
    source: {files: "landing/events*.csv"}
    mode: append
    key: [id]
    columns: {id: {required: true}, customer: {}, ip: {personal: true}, amount: {type: number}, note: {}}
    suite:
      - expect_column_values_to_be_between: {column: amount, min_value: 0}
      - expect_column_values_to_exist_in_dataset: {column: customer, dataset: customers, reference_column: user_id}
  reviews:
    source: {url: "sqlite:///FOLDER/shop.db", table: reviews, watermark: id}
    mode: append
    key: [id]
    score_by: [user_id]
    columns: {id: {required: true}, user_id: {}, email: {personal: true}, text: {}}
    clean: [normalize_text]
"""
CUSTOMERS = (
    "user_id,email,name,born,city\nu-planted-17,ann.planted@mail.example, Ann  Planted,1931-07-19,Berlin\n"
    "u18,b@mail.example,Bo Other,1990-01-01,Berlin\nu20,c@mail.example,Cy Third,1991-01-01,Paris\n"
)
EVENTS = (
    "id,customer,ip,amount,note\no1,u-planted-17,203.0.113.17,5,for ann.planted@mail.example\no2,u18,203.0.113.18,5,none\n"
    "o3,u-planted-17,203.0.113.17,-5,bell of Ann Planted\no4,u20,203.0.113.20,7,Berlin\n"
)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop that has run, with notes, models, a cache of texts and a request beside its rows; tests take a copy."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "landing").mkdir()
    (folder / "landing/customers-2026-03-01.csv").write_text(CUSTOMERS)
    (folder / "landing/events-2026-03-01.csv").write_text(EVENTS)
    (folder / "sluice.yaml").write_text(CONFIG.replace("FOLDER", str(folder)))
    add_reviews(folder, 1)
    with build(folder / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        held = app.store.quarantine.held("events")[ROW].to_list()
        app.store.requests.submit(Request("r1", "reject", "events", "Ada", "asked by ann.planted@mail.example", app.now(), tuple(held)))
        tensors = save({"w": np.zeros(1, np.float32)}, {"vocabulary": json.dumps(["u-planted-17"])})
        for _ in range(2):  # the first of them no longer serves
            app.store.models.save("recommender", Artifact(tensors, {"examples": ["u-planted-17"]}), "champion", at=app.now())
    return folder


def add_reviews(folder: Path, first: int) -> None:
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        shop.execute("CREATE TABLE IF NOT EXISTS reviews (id INTEGER, user_id TEXT, email TEXT, text TEXT)")
        rows = [(first, "u18", "b@mail.example", "fine"), (first + 1, "u-planted-17", "ann.planted@mail.example", "ham &amp; eggs by Ann Planted")]
        shop.executemany("INSERT INTO reviews VALUES (?, ?, ?, ?)", rows)
        shop.commit()


@pytest.fixture
def app(worked: Path, tmp_path: Path) -> Iterator[App]:
    with build(copied(worked, tmp_path / "shop") / "sluice.yaml") as app:
        yield app


def copied(worked: Path, folder: Path) -> Path:
    shutil.copytree(worked, folder)
    (folder / "sluice.yaml").write_text(CONFIG.replace("FOLDER", str(folder)))
    return folder


def files_with_planted(folder: Path) -> set[str]:
    """Return what below `.sluice` holds a planted value: cells of Parquet, also of checkpoints, else bytes, those of free pages of the database too."""
    names = set()
    for path in (folder / ".sluice").rglob("*"):
        if path.is_file() and any(holds(path, value) for value in PLANTED):
            names.add(path.relative_to(folder / ".sluice").as_posix())
    return names


def holds(path: Path, value: str) -> bool:
    content = path.read_bytes()
    if path.suffix == ".parquet":
        return any(value in " ".join(str(cell).split()) for column in pl.read_parquet(path).iter_columns() for cell in column.to_list())
    return value.encode() in content


def forget_planted(app: App, mode: ErasureMode = "pseudonymise") -> list[str]:
    erasure = forget(app, identify(app, "", ["user_id"], ["u-planted-17"]), by="Ada", reason="request 7", mode=mode)
    return sorted({entry.place.name for entry in erasure.remaining})


def test_a_planted_person_is_in_every_kind_of_place_before_and_in_none_after(app: App) -> None:
    folder, others = app.config.root, pl.col("user_id").str.starts_with("u")
    before = {"/".join(name.split("/")[:3]).partition("/part-")[0] for name in files_with_planted(folder)}
    tables = {"lake/clean/customers", "lake/clean/events", "lake/clean/reviews", "lake/quarantine/events", "lake/repairs/customers", "lake/repairs/reviews"}
    assert {*tables, "landing/reviews/reviews-000001.parquet", "lake/models/recommender", "sluice.db"} <= before
    identifiers = identify(app, "", ["user_id"], ["u-planted-17"])
    stored = preview(app, identifiers, preview_keys([]))
    assert {"clean table", "landing copies", "notes", "models", "model cards", "scores by value"} <= {entry.place.name for entry in stored.occurrences}
    assert len(files_with_planted(folder)) > 8  # the preview changed nothing
    customers = app.store.snapshot().published("customers").filter(pl.col("user_id") != "u-planted-17").sort("user_id").collect()

    assert forget_planted(app) == ["models", "source files"]
    assert files_with_planted(folder) == {"lake/models/recommender/2.safetensors"}  # it serves, and is to be trained again
    published = {name: app.store.snapshot().published(name).collect() for name in app.config.datasets}
    assert published["customers"].filter(others).sort("user_id").equals(customers)
    (person,) = published["customers"].filter(~others).to_dicts()
    assert published["events"].filter(id="o1")["customer"].item() == person["user_id"]  # rows that refer to each other still do
    assert published["reviews"].filter(id="2")["email"].item() == person["email"]
    assert person["born"] is None
    assert app.store.snapshot("1").published("customers").collect().equals(app.store.snapshot().published("customers").collect())
    assert app.store.activity.entries(limit=1)[0].what == "forget a person"
    assert not app.store.activity.verify().problem
    (record,) = app.store.suppressions.all()
    assert record.report is not None
    assert {entry["place"] for entry in record.report} == {"models", "source files"}
    assert not unfinished(app)

    again = files_with_planted(folder)
    assert forget_planted(app) == ["models", "source files"]  # done twice, it changes nothing
    assert files_with_planted(folder) == again
    assert [one.id for one in app.store.suppressions.all()] == [record.id]


def test_what_the_shop_sends_again_does_not_bring_the_person_back(app: App) -> None:
    forget_planted(app)
    folder, landing = app.config.root, app.config.root / "landing"
    (landing / "customers-2026-03-02.csv").write_text(CUSTOMERS)
    (landing / "events-2026-03-02.csv").write_text(EVENTS)
    (landing / "events-2026-03-03.csv").write_text("id,customer,ip,amount,note\no5,u-planted-17,203.0.113.99,9,Ann Planted\n")
    add_reviews(folder, 3)
    pending = app.pending_arrivals()
    (newest,) = (arrival for arrival in pending if Path(arrival.uri).name == "events-2026-03-03.csv")
    source = arriving_source(app.config, app.store, "events")
    assert isinstance(source, PartSource)
    whole, parts = source.read(newest), list(source.parts(newest, 0).begin())
    assert pl.concat([part.rows for part in parts]).equals(whole.rows)
    assert sum(part.suppressed for part in parts) == whole.suppressed == 1

    runs = {(run.dataset, run.at.day): run for run in app.run(pending)}
    assert runs["customers", 3].copies == 3
    assert runs["events", 3].copies == 4
    assert all("people_suppressed" in [reason.code for reason in run.reasons] for run in runs.values())
    assert files_with_planted(folder) == {"lake/models/recommender/2.safetensors"}
    assert app.store.snapshot().published("customers").collect().height == 3
    events = app.store.snapshot().published("events").collect()
    assert events.filter(id="o5")["customer"].item() == events.filter(id="o1")["customer"].item()
    for dataset in ("customers", "events"):  # every arrived row is in exactly one place
        arrived = [row for arrival in app.source(dataset).arrivals() for row in app.source(dataset).read(arrival).rows[ROW]]
        assert Counter(row_states(app.store, dataset)[ROW]) == Counter(arrived)


def test_deleted_rows_are_rejected_and_stay_away(app: App) -> None:
    folder, landing = app.config.root, app.config.root / "landing"
    forget_planted(app)
    assert forget_planted(app, "delete") == ["models", "source files"]  # the rows are found by their pseudonym
    assert files_with_planted(folder) == {"lake/models/recommender/2.safetensors"}
    for name, ids in {"customers": ["u18", "u20"], "events": ["o2", "o4"], "reviews": ["1"]}.items():
        rows = app.store.snapshot().published(name).collect()
        assert sorted(rows[app.config.datasets[name].schema_of(name).key[0]]) == ids
        assert not any("forgotten-" in str(cell) for row in rows.rows() for cell in row)
    assert app.store.quarantine.held("events").is_empty()

    (landing / "customers-2026-03-02.csv").write_text(CUSTOMERS)
    (landing / "events-2026-03-02.csv").write_text(EVENTS)
    add_reviews(folder, 3)
    pending = app.pending_arrivals()
    (events,) = (arrival for arrival in pending if arrival.dataset == "events")
    source = arriving_source(app.config, app.store, "events")
    assert isinstance(source, PartSource)
    whole = source.read(events)
    assert whole.rejected == tuple(row for part in source.parts(events, 0).begin() for row in part.rejected)
    runs = {run.dataset: run for run in app.run(pending)}
    assert (runs["events"].rows, runs["events"].copies, runs["events"].bad) == (4, 2, 0)
    assert all("people_rejected" in [reason.code for reason in run.reasons] for run in runs.values())
    assert files_with_planted(folder) == {"lake/models/recommender/2.safetensors"}
    for dataset in app.config.datasets:  # every arrived row is in exactly one place
        states = row_states(app.store, dataset)
        arrived = [row for arrival in app.source(dataset).arrivals() for row in app.source(dataset).read(arrival).rows[ROW]]
        assert Counter(states[ROW]) == Counter(arrived)
        assert states.filter(pl.col(STATE) == "rejected").height == (4 if dataset == "events" else 2)


def test_without_the_key_nothing_arrives_and_nobody_is_forgotten(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE)
    with pytest.raises(UsageError, match=r"^SLUICE_FORGET_KEY is not set; make one"):
        forget_planted(app)
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    forget_planted(app)
    monkeypatch.setenv(KEY_VARIABLE, "another key of the tests")
    (app.config.root / "landing/customers-2026-03-02.csv").write_text(CUSTOMERS)
    with pytest.raises(UsageError, match="is not the key under which people were forgotten"):
        list(app.run(app.pending_arrivals(["customers"])))


def test_who_is_forgotten_is_named_by_declared_columns_of_text(app: App) -> None:
    for arguments, message in (
        (("u17", [], []), "has no `recommender` that says which column names users"),
        (("", ["user_ids"], ["u17"]), "no dataset declares a column user_ids; did you mean"),
        (("", ["amount"], ["5"]), "amount of events is of type number, in which no pseudonym can stand"),
        (("", ["user_id"], []), "give a --value after each --column"),
        (("", ["user_id"], [" "]), "name the person"),
    ):
        with pytest.raises(UsageError, match=message):
            identify(app, *arguments)
    identifiers = identify(app, "", ["user_id"], ["u-planted-17"])
    with pytest.raises(UsageError, match=r"^--reason contains the value to erase"):
        forget(app, identifiers, by="Ada", reason="for u-planted-17")
    assert "planted" not in repr(identifiers)
    assert not app.store.suppressions.all()


def test_the_command_shows_asks_and_reports(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    app.close()
    person = ["forget", "--column", "user_id", "--value", "u-planted-17", "--config", str(app.path)]
    assert outcome([*person, "--dry-run"]) == 0
    assert outcome([*person, "--yes"]) == 2
    assert outcome([*person, "--yes", "--by", "Ada", "--reason", "request 7"]) == 1
    assert outcome(["forget", "--resume", "--config", str(app.path)]) == 0
    printed = "".join(capsys.readouterr())
    assert "clean/customers" in printed
    assert "the file is the shop's" in printed
    assert "no erasure was interrupted" in printed
    assert "planted" not in printed


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["pseudonymise", "delete"])
def test_an_erasure_that_is_killed_at_any_point_is_ended_by_resume(worked: Path, tmp_path: Path, mode: ErasureMode) -> None:
    person = [*(["--delete"] if mode == "delete" else []), "--column", "user_id", "--value", "u-planted-17", "--yes", "--by", "Ada", "--reason", "request 7"]
    for point in ERASURE_POINTS:
        folder = copied(worked, tmp_path / point)
        code = start_command("forget", *person, "--config", str(folder / "sluice.yaml"), kill_at=point).expect(-signal.SIGKILL, 1)
        with build(folder / "sluice.yaml") as app:
            assert bool(unfinished(app)) == (code != 1 and point != "ended"), point
            list(resume(app))
            if point == "ended":  # nothing is to be resumed but for the free pages, which the next erasure writes anew
                forget_planted(app)
            assert not unfinished(app)
            assert [record.mode for record in app.store.suppressions.all()] == [mode]
        assert files_with_planted(folder) == {"lake/models/recommender/2.safetensors"}, point
        shutil.rmtree(folder)
