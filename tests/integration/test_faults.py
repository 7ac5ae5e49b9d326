"""What goes wrong outside: one line that says what to do, an exit code, nothing half-published, and the next run picks up."""

from __future__ import annotations

import gzip
import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from sluice.app import App, process_requests
from sluice.cli.main import outcome
from sluice.domain import Request
from sluice.messages import render
from sluice.store.tables import RUNS
from tests.processes import Started, start_command

Opened = Callable[[Path], App]
Capture = pytest.CaptureFixture[str]
CONFIG = """
database: ${SHOP_DATABASE:-sqlite:///.sluice/sluice.db?timeout=0.3}
lake: lake
limits: {unpacked: 4000000, cell: 1000000}
datasets:
  a:
    source: {files: "landing/a-*"}
    columns: {id: {type: string, required: true}, x: {type: integer}}
  b:
    source: {files: "elsewhere/b-*"}
    columns: {id: {type: string, required: true}}
"""
GOOD = b"id,x\n1,2\n"
UNREADABLE: Mapping[str, tuple[bytes, str]] = {
    "empty.csv": (b"", "is empty"),
    "utf16.csv": ("id,x\n1,2\n".encode("utf-16"), "is UTF-16; set `encoding: utf-16`"),
    "nul.csv": (b"id,x\nhush\0,2\n", "is NUL"),
    "field-too-many.csv": (b"id,x\nhush,2,3\n", "3 fields where the header has 2"),
    "field-too-few.csv": (b"id,x\nhush\n", "1 fields where the header has 2"),
    "cell.csv": (b"id,x\n" + b"h" * 3_000_000 + b",2\n", "a cell has more than 1,000,000 bytes"),
    "bomb.csv.gz": (gzip.compress(b"hush,2\n" * 1_000_000), "more than 4,000,000 bytes once unpacked"),
    "cut.csv.gz": (gzip.compress(GOOD * 100)[:-9], "ends too early"),
}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A shop of two datasets in two folders, one file of each has come."""
    for folder, name in (("landing", "a"), ("elsewhere", "b")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}-2026-03-01.csv").write_bytes(GOOD)
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    return tmp_path / "sluice.yaml"


def run(config: Path, *more: str) -> int:
    return outcome(["run", "--config", str(config), "--format", "json", *more])


def start(config: Path) -> Started:
    """The same in a process of its own."""
    return start_command("run", "--config", str(config))


def last_line(capsys: Capture) -> str:
    return capsys.readouterr().err.strip().splitlines()[-1]


def whole(app: App) -> dict[str, list[str]]:
    """The published ids of each dataset, in a store where nothing is promised that did not come."""
    with app.store.database.read() as connection:
        assert list(connection.scalars(select(RUNS.c.id).where(RUNS.c.state == "intent"))) == []
    rows = {name: app.store.snapshot().published(name).collect() for name in ("a", "b")}
    return {name: sorted(table["id"]) if table.width else [] for name, table in rows.items()}


def test_files_that_cannot_be_read_are_set_aside_and_stop_nothing(config: Path, opened: Opened, capsys: Capture) -> None:
    landing = config.parent / "landing"
    for name, (content, _) in UNREADABLE.items():
        (landing / f"a-2026-03-02-{name}").write_bytes(content)
        os.utime(landing / f"a-2026-03-02-{name}", (0, 0))  # nobody is writing it any more
    (landing / "a-2026-03-03.csv").write_bytes(b"id,x\n3,4\n")
    assert run(config) == 1
    output = capsys.readouterr()
    runs = json.loads(output.out)
    aside = {row["reasons"]["text"].partition(":")[0].removeprefix("a-2026-03-02-"): row["reasons"]["text"] for row in runs if row["kind"] == "failed"}
    assert {name: words for name, (_, words) in UNREADABLE.items() if words not in aside.get(name, "")} == {}
    assert "hush" not in output.out + output.err
    assert not any("\n" in why for why in aside.values())
    assert whole(opened(config)) == {"a": ["1", "3"], "b": ["1"]}
    (landing / "a-2026-03-02-empty.csv").write_bytes(b"id,x\n2,3\n")  # sent again, whole
    assert run(config) == 0
    assert whole(opened(config)) == {"a": ["1", "2", "3"], "b": ["1"]}


def test_what_was_set_aside_is_read_again_when_a_limit_was_raised(config: Path, opened: Opened, capsys: Capture) -> None:
    (config.parent / "landing" / "a-2026-03-02.csv").write_bytes(b"id,x\n" + b"h" * 1_000_001 + b",2\n")
    assert [run(config), run(config), run(config, "--retry-failed")] == [1, 0, 1]
    config.write_text(config.read_text().replace("cell: 1000000", "cell: 2000000, unpacked: 10").replace("unpacked: 4000000, ", ""))
    capsys.readouterr()
    assert run(config, "--retry-failed") == 1
    assert "10 bytes once unpacked" in json.loads(capsys.readouterr().out)[0]["reasons"]["text"]
    config.write_text(config.read_text().replace("unpacked: 10", "unpacked: 4000000"))
    assert [run(config), run(config, "--retry-failed"), run(config, "--retry-failed")] == [0, 0, 0]
    assert whole(opened(config))["a"] == ["1", "h" * 1_000_001]
    assert {incident.state for incident in opened(config).store.incidents.all("a")} <= {"resolved"}


def test_a_bug_is_not_taken_for_a_blocked_batch(config: Path) -> None:
    code = "import sys; from sluice.cli import main; main.__globals__['outcome'] = None; sys.argv = ['sluice', 'run']; main()"
    broke = subprocess.run([sys.executable, "-c", code], cwd=config.parent, capture_output=True, text=True, check=False)
    assert (broke.returncode, "Traceback" in broke.stderr) == (3, True)


@pytest.mark.parametrize(
    ("header", "code", "published", "why"),
    [
        ("id", 0, ["1", "5"], "not evaluated: column_present:x (the file lacks the column x)"),
        ("id,x,extra", 0, ["1", "5"], ""),
        ("x", 1, ["1"], "the whole batch is held: column_present:id failed; the file lacks the column id"),
    ],
    ids=["an optional column too few", "a column too many", "a required column too few"],
)
def test_a_column_too_many_or_too_few(config: Path, header: str, code: int, published: list[str], why: str, opened: Opened, capsys: Capture) -> None:
    (config.parent / "landing" / "a-2026-03-02.csv").write_text(f"{header}\n{','.join('5' * len(header.split(',')))}\n")
    assert run(config) == code
    reasons = json.loads(capsys.readouterr().out)[-1]["reasons"]
    assert (reasons["text"] if reasons else "") == why
    assert whole(opened(config))["a"] == published


def test_a_missing_folder_stops_that_dataset_alone(config: Path, opened: Opened, capsys: Capture) -> None:
    (config.parent / "landing").rename(config.parent / "moved")
    assert run(config) == 3
    assert "a: there is no folder" in last_line(capsys)
    assert whole(opened(config)) == {"a": [], "b": ["1"]}
    (config.parent / "moved").rename(config.parent / "landing")
    assert run(config) == 0
    assert whole(opened(config)) == {"a": ["1"], "b": ["1"]}


def test_a_locked_database(config: Path, opened: Opened, capsys: Capture) -> None:
    opened(config)  # makes it
    with closing(sqlite3.connect(config.parent / ".sluice" / "sluice.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert run(config) == 3
        assert "is locked by another program; close it, or try again" in last_line(capsys)
    assert run(config) == 0
    assert whole(opened(config)) == {"a": ["1"], "b": ["1"]}


def test_a_database_that_does_not_answer(config: Path, port: int, capsys: Capture) -> None:
    config.write_text(config.read_text().replace("${SHOP_DATABASE:-sqlite:///.sluice/sluice.db?timeout=0.3}", f"postgresql://ada:hush@127.0.0.1:{port}/shop"))
    assert run(config) == 3
    error = last_line(capsys)
    assert f"127.0.0.1:{port}/shop does not answer" in error
    assert "hush" not in error


def test_an_old_database(config: Path, opened: Opened, capsys: Capture) -> None:
    opened(config)
    with closing(sqlite3.connect(config.parent / ".sluice" / "sluice.db")) as records, records:
        records.execute("UPDATE alembic_version SET version_num = '0000'")
    assert run(config) == 2
    assert last_line(capsys) == "sluice: the database is older than the program; run `sluice db upgrade`"


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[None]:
    """A small file system of its own."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small disk needs root and the right to mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


@pytest.mark.parametrize(("folder", "size"), [("lake", "256k"), (".sluice", "1m"), (".sluice", "64k")], ids=["of the lake", "of what waits", "of the records"])
def test_a_full_disk(config: Path, folder: str, size: str, opened: Opened) -> None:
    noise = random.Random(5)
    rows = "".join(f"{noise.randbytes(20).hex()},1\n" for _ in range(60_000))
    (config.parent / "landing" / "a-2026-03-02.csv").write_text(f"id,x\n{rows}")
    config.write_text(config.read_text().replace("  b:", "    mode: upsert\n    key: [id]\n  b:"))  # its rows wait beside the lake, to be merged
    with mounted(config.parent / folder, size):
        full = start(config).end()  # a living process that cannot even give its claims back keeps them for half a minute
        assert "is full; free some space and run again\n" in full.errors
        assert full.code == 3
        remount(config.parent / folder, "size=32m")
        assert run(config) == 0
        ids = whole(opened(config))
        assert (len(ids["a"]), len(set(ids["a"])), ids["b"]) == (60_001, 60_001, ["1"])


def test_a_lake_that_may_not_be_written(config: Path, opened: Opened, capsys: Capture) -> None:
    lake = config.parent / "lake"
    with mounted(lake, "8m"):
        remount(lake, "ro")
        assert run(config) == 3
        assert "clean/a: it cannot be read or written; check the permissions" in last_line(capsys)
        remount(lake, "rw")
        assert run(config) == 0
        assert whole(opened(config)) == {"a": ["1"], "b": ["1"]}


def test_a_model_that_was_cut_short(shop: Path, capsys: Capture) -> None:
    (path,) = (shop.parent / ".sluice" / "lake" / "models" / "recommender").glob("*.safetensors")
    path.write_bytes(path.read_bytes()[:-100])
    assert outcome(["recommend", "--popular", "--config", str(shop)]) == 3
    assert "are not those that were saved; roll back, or retrain" in last_line(capsys)
    path.unlink()
    assert outcome(["recommend", "--popular", "--config", str(shop)]) == 3
    assert outcome(["doctor", "--config", str(shop), "--format", "json"]) == 3
    assert {finding["what"] for finding in json.loads(capsys.readouterr().out) if finding["state"] == "broken"} == {"models"}


def test_a_dataset_that_another_worker_is_at(config: Path, opened: Opened, capsys: Capture) -> None:
    with opened(config).store.lease("a"):
        assert run(config) == 3
        assert f"a is being worked on by {os.uname().nodename}/{os.getpid()}" in last_line(capsys)
    assert run(config) == 0
    assert whole(opened(config)) == {"a": ["1"], "b": ["1"]}


def test_two_runs_at_once_publish_nothing_twice(config: Path, opened: Opened) -> None:
    config.write_text(config.read_text().replace("?timeout=0.3", ""))  # each waits for the other's commits, as by default
    for day in range(2, 12):
        (config.parent / "landing" / f"a-2026-03-{day:02}.csv").write_text(f"id,x\n{day},1\n")
    both = [start(config) for _ in range(2)]
    ended = [process.end() for process in both]
    # each may find the other at one of the two datasets, and goes on with the other one
    assert all(end.code == 0 or (end.code == 3 and "is being worked on by" in end.errors) for end in ended), ended
    app = opened(config)
    assert whole(app) == {"a": sorted(str(day) for day in range(1, 12)), "b": ["1"]}
    assert len(app.store.runs.of("a")) == 11


def test_a_request_that_cannot_be_carried_out_is_refused_and_stops_nothing(config: Path, opened: Opened) -> None:
    app = opened(config)
    app.store.requests.submit(Request("r1", "undo", "a", "Ada", "it was right", app.now(), ("no such repair",)))
    app.store.requests.submit(Request("r2", "retrain", "a", "Ada", "the sale starts", app.now()))
    app.store.requests.submit(Request("r3", "run", "b", "Ada", "it has come", app.now()))
    with app.store.lease("b"):
        assert process_requests(app) == 3
    answers = {request.id: (request.state, render(request.answer)) for request in app.store.requests.all()}
    assert answers["r1"] == ("refused", "a: no applied repair is called no such repair; `sluice repairs list a` shows them")
    assert answers["r2"] == ("refused", "sluice.yaml configures no `recommender`; the README shows how")
    assert answers["r3"][0] == "pending"  # another worker was at it
    assert process_requests(app) == 1
    assert app.store.requests.all("b")[0].state == "done"


SQL = """
datasets:
  orders:
    source: {{url: "sqlite:///{database}", table: orders, watermark: id}}
    key: [id]
    columns: {{id: {{type: integer, required: true}}, sku: {{type: string}}, price: {{type: number}}}}
"""


def test_a_table_of_a_shop_is_read_from_where_the_last_batch_ended(tmp_path: Path, opened: Opened, capsys: Capture) -> None:
    config = tmp_path / "sluice.yaml"
    config.write_text(SQL.format(database=tmp_path / "shop.db"))
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop, shop:
        shop.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, sku TEXT, price REAL)")
        shop.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(1, "cup", 9.5), (2, "mug", 12.0), (3, "00501", None)])
    assert run(config) == 0
    (first,) = json.loads(capsys.readouterr().out)
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop, shop:
        shop.executemany("INSERT INTO orders VALUES (?, ?, ?)", [(4, "pot", 3.0), (5, "pan", 4.0)])
    assert run(config) == 0
    (second,) = json.loads(capsys.readouterr().out)
    assert (first["rows"], second["rows"]) == (3, 2)
    assert run(config) == 0
    assert json.loads(capsys.readouterr().out) == []
    rows = opened(config).store.snapshot().published("orders").collect().sort("id")
    assert (rows["id"].to_list(), rows["sku"][2], rows["price"].to_list()) == ([1, 2, 3, 4, 5], "00501", [9.5, 12.0, None, 3.0, 4.0])


def test_a_shop_whose_database_is_away_is_told_and_read_when_it_is_back(tmp_path: Path, opened: Opened, capsys: Capture) -> None:
    config = tmp_path / "sluice.yaml"
    config.write_text(SQL.format(database=tmp_path / "away" / "shop.db"))
    assert run(config) == 3
    assert "orders: sqlite at" in last_line(capsys)
    (tmp_path / "away").mkdir()
    with closing(sqlite3.connect(tmp_path / "away" / "shop.db")) as shop, shop:
        shop.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, sku TEXT, price REAL)")
        shop.execute("INSERT INTO orders VALUES (1, 'cup', 9.5)")
    assert run(config) == 0
    assert opened(config).store.snapshot().published("orders").collect()["id"].to_list() == [1]
