"""Values planted in a shop are stored in registered places alone, are all found, and leave them."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import save

from sluice.app import App, build, process_requests
from sluice.app.values import erase_value, find_value
from sluice.cli.main import outcome
from sluice.domain import Artifact, LabelPlan, Person, Request, RowToLabel, Suspect, ValueGroup
from sluice.domain.value_places import FILES_WITHOUT_VALUES, RECORDS_WITHOUT_VALUES, Root, place_of_file
from sluice.errors import UsageError
from sluice.store.values import ValueQuery

PLANTED = ("ann.planted@mail.example", "1931-07-19", "C-planted-7", "planted words")
CONFIG = """
clock: 2026-03-10T00:00:00Z
datasets:
  customers:
    source: {files: "landing/customers*.csv"}
    mode: upsert
    key: [email]
    columns:
      email: {required: true, personal: true}
      born: {type: date, personal: true}
      spent: {type: number}
    suite:
      - expect_column_values_to_be_between: {column: spent, min_value: 0}
    clean: [parse, normalize_text]
  reviews:
    source: {url: "sqlite:///FOLDER/shop.db", table: reviews, watermark: id}
    mode: append
    key: [id]
    score_by: [customer]
    columns: {id: {required: true}, customer: {}, email: {personal: true}, text: {}}
    clean: [normalize_text]
"""


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop that has run; tests take a copy."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "landing").mkdir()
    (folder / "sluice.yaml").write_text(CONFIG.replace("FOLDER", str(folder)))
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        shop.execute("CREATE TABLE reviews (id INTEGER, customer TEXT, email TEXT, text TEXT)")
        planted = (2, "C-planted-7", "ann.planted@mail.example", "ham &amp; planted words")
        shop.executemany("INSERT INTO reviews VALUES (?, ?, ?, ?)", [(1, "C-1", "b@mail.example", "fine"), planted, (3, "C-3", "c@mail.example", "")])
        shop.commit()
    others = [f"{name}@mail.example,1990-01-01,5" for name in "bcdefgh"]
    for day, spent in enumerate(("12.5", "-4", "ann.planted@mail.example", "12.5"), start=1):
        lines = ["email,born,spent", *others, f"ann.planted@mail.example,1931-07-19,{spent}", f"x{day}@mail.example,1980-01-01,ann.planted@mail.example"]
        (folder / "landing" / f"customers-2026-03-0{day}.csv").write_text("\n".join(lines) + "\n")
    with build(folder / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        remember(app)
    return folder


@pytest.fixture
def app(worked: Path, tmp_path: Path) -> Iterator[App]:
    shutil.copytree(worked, tmp_path / "shop")
    with build(tmp_path / "shop" / "sluice.yaml") as app:
        yield app


def remember(app: App) -> None:
    """Store what people, models and the cache of texts keep beside tables."""
    held = app.store.quarantine.held("customers")["_row_id"].to_list()[:1]
    app.store.requests.submit(Request("r1", "reject", "customers", "Ada", "asked by ann.planted@mail.example", app.now(), tuple(held)))
    process_requests(app)
    tensors = save({"w": np.zeros(1, np.float32)}, {"vocabulary": json.dumps(["C-planted-7"])})
    for _ in range(2):  # the first of them no longer serves
        app.store.models.save("recommender", Artifact(tensors, {"examples": ["planted words"]}), "champion", at=app.now())
    group = ValueGroup({"text": "planted words"}, (("C-planted-7", 1),), 1)
    row = RowToLabel("r.0", {"customer": "C-planted-7"}, {"customer": Suspect(("form",), group)}, ({"text": "planted words"},), 0, 1, enough=False)
    app.store.label_plans.save(LabelPlan("reviews", (row,), 1, 1))
    folder = app.config.root / ".sluice" / "text"
    folder.mkdir()
    keys = np.frombuffer(hashlib.sha256(b"planted words").digest(), np.uint8)[None]
    (folder / "encoder-1.safetensors").write_bytes(save({"keys": keys, "vectors": np.zeros((1, 2), np.float32)}))


def files_of(app: App) -> Iterator[tuple[Root, Path, str]]:
    """Every file below the folder of the shop, with its root and its path below it; the databases are read as records."""
    root = app.config.root
    roots: list[tuple[Root, Path]] = [("lake", root / ".sluice/lake"), ("state", root / ".sluice"), ("source", root / "landing"), ("configuration", root)]
    for path in sorted(root.rglob("*")):
        if path.is_file() and ".db" not in path.name:
            kind, base = next((kind, base) for kind, base in roots if path.is_relative_to(base))
            yield kind, path, path.relative_to(base).as_posix()


def holds(path: Path, value: str) -> bool:
    """Return whether a file holds a value, read otherwise than by Sluice's own search."""
    content = path.read_bytes()
    if path.suffix == ".parquet":
        return any(value in str(cell) for row in pl.read_parquet(path).rows() for cell in row) or any(
            value == str(cell) for column in pl.read_parquet(path).iter_columns() for cell in column.to_list()
        )
    return value.encode() in content or hashlib.sha256(value.encode()).digest() in content


def records_with(app: App, value: str) -> set[str]:
    """Return the columns of the database that hold a value."""
    occurrences = set()
    with closing(sqlite3.connect(app.config.root / ".sluice/sluice.db")) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            cursor = database.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description]
            occurrences |= {f"{table}.{name}" for row in cursor for name, cell in zip(names, row, strict=True) if value in str(cell)}
    return occurrences


def test_every_file_belongs_to_a_place_or_holds_no_value(app: App) -> None:
    for root, path, name in files_of(app):
        if root in ("lake", "state"):
            without = any(fnmatchcase(name, pattern) for pattern in FILES_WITHOUT_VALUES[root])
            assert without or place_of_file(root, name), f"register {root}: {name} in sluice/domain/value_places.py"
            assert not (without and any(holds(path, value) for value in PLANTED))


@pytest.mark.parametrize("value", PLANTED)
def test_planted_values_are_found_wherever_they_are(app: App, value: str) -> None:
    occurrences = find_value(app, ValueQuery(value))
    records = records_with(app, value)
    assert not {f"{table}.{name}" for table, names in RECORDS_WITHOUT_VALUES.items() for name in names} & records
    assert records == {entry.where for entry in occurrences if entry.place.root == "database"}
    for root, path, name in files_of(app):
        if root in ("lake", "state") and holds(path, value):
            place = place_of_file(root, name)
            assert place is not None, f"{name} holds a planted value and belongs to no place"
            assert any(entry.place == place and name.startswith(entry.where) for entry in occurrences), f"{name} is not found"


def test_no_log_or_statistic_of_a_table_holds_a_cell_of_a_personal_column(app: App) -> None:
    logs = [path for _, path, name in files_of(app) if "_delta_log" in name]
    assert logs
    assert not [path for path in logs if holds(path, "ann.planted@mail.example") or holds(path, "1931-07-19")]


def test_erased_values_are_gone_and_the_shop_works_on(app: App) -> None:
    landed = [arrival.id for arrival in app.source("reviews").arrivals()]
    for value in PLANTED:
        erase_value(app, ValueQuery(value), f"erased-{PLANTED.index(value)}", by="Ada", reason="a request")
    left = {name for value in PLANTED for root, path, name in files_of(app) if root in ("lake", "state") and holds(path, value)}
    assert left == {"models/recommender/2.safetensors"}  # it serves, and is to be trained again
    assert not [column for value in PLANTED for column in records_with(app, value)]
    database = b"".join(path.read_bytes() for path in (app.config.root / ".sluice").glob("sluice.db*"))
    assert not [value for value in PLANTED if value.encode() in database]  # nor in free pages

    published = app.store.snapshot().published("customers").collect()
    assert published.filter(email="erased-0")["born"].to_list() == [None]
    assert app.store.snapshot("1").published("customers").collect().equals(published)  # older versions are gone
    assert app.store.snapshot().published("reviews").filter(id="2").select("customer", "email", "text").collect().row(0) == (
        "erased-2",
        "erased-0",
        "ham & erased-3",
    )
    assert [arrival.id for arrival in app.source("reviews").arrivals()] == landed
    assert not app.pending_arrivals(["reviews"])
    (app.config.root / "landing" / "customers-2026-03-06.csv").write_text("email,born,spent\nnew@mail.example,1990-01-01,5\n")
    (run,) = app.run(app.pending_arrivals(["customers"]))
    assert run.good == 1
    assert app.store.snapshot().published("customers").collect().height == published.height + 1
    for name in app.config.datasets:
        app.store.vacuum(name, app.now())


def test_what_is_left_is_named_with_what_to_do(app: App) -> None:
    erasure = erase_value(app, ValueQuery("C-planted-7"), "erased", by="Ada", reason="a request")
    assert [entry.place.name for entry in erasure.remaining] == ["models"]
    assert erasure.steps == ["recommender version 2 serves and remembers it: train it again (`sluice retrain`), then erase the value again"]
    assert (
        app.store.activity.entries(limit=1)[0].subject.params["text"]
        == "Delta logs, clean table, landing copies, models, rows to label, run records in the lake, scores by value"
    )


def test_labels_that_no_dataset_reads_yet_are_searched_and_left_to_the_shop(app: App) -> None:
    path = app.config.root / "labels" / "reviews.csv"
    path.parent.mkdir()
    path.write_text("row,column,value\nr.0,customer,C-labelled-7\n")
    (entry,) = find_value(app, ValueQuery("C-labelled-7"))
    assert (entry.place.name, entry.where, entry.count) == ("labels", "reviews.csv", 1)
    erasure = erase_value(app, ValueQuery("C-labelled-7"), "erased", by="Ada", reason="a request")
    assert erasure.steps == ["labels in reviews.csv name it: edit the file"]


@pytest.mark.parametrize("texts", [{"by": "Ada", "reason": "request 7 of ann.planted@mail.example"}, {"by": "ann.planted@mail.example", "reason": "a request"}])
def test_who_and_why_may_not_store_the_value_again(app: App, texts: dict[str, str]) -> None:
    entries = app.store.activity.count()
    before = find_value(app, ValueQuery(PLANTED[0]))
    with pytest.raises(UsageError, match=r"^--(by|reason) contains the value to erase, and the activity log would keep it; .* Nothing was erased$") as refused:
        erase_value(app, ValueQuery(PLANTED[0]), "erased", **texts)
    assert PLANTED[0] not in str(refused.value)
    assert app.store.activity.count() == entries
    assert find_value(app, ValueQuery(PLANTED[0])) == before


def test_names_of_people_who_acted_are_listed_and_stay(app: App) -> None:
    app.store.requests.submit(Request("r2", "reject", "customers", "Eve Planted", "for Eve Planted", app.now(), ("x",), person=Person("Eve Planted")))
    app.store.activity.log(who="Eve Planted", what="look", subject="customers", at=app.now())
    erasure = erase_value(app, ValueQuery("Eve Planted"), "erased", by="Ada", reason="a request")
    assert {(entry.place.name, entry.where) for entry in erasure.remaining} == {
        ("names of people", column) for column in ("activity.who", "requests.by", "requests.person")
    }
    assert "activity.who holds it as the name of who acted (2 times): records keep these names, and no command changes them" in erasure.steps
    request = next(request for request in app.store.requests.all() if request.id == "r2")
    assert (request.by, request.note) == ("Eve Planted", "for erased")
    assert not app.store.activity.verify().problem


def test_the_commands_take_the_value_from_standard_input_and_never_print_it(
    app: App, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app.close()
    codes = []
    for arguments in (["find-value"], ["erase-value"], ["erase-value", "--yes"], ["erase-value", "--yes", "--by", "Ada", "--reason", "a request"]):
        monkeypatch.setattr("sys.stdin", io.StringIO("planted words\n"))
        codes.append(outcome([*arguments, "--config", str(app.path)]))
    printed = "".join(capsys.readouterr())
    assert codes == [0, 0, 2, 0]
    assert "clean/reviews" in printed
    assert "the value is stored nowhere any more" in printed
    assert "planted words" not in printed
