"""Each batch that `sluice run` publishes leaves a profile of its columns, which `sluice profile` shows and a restored database gets back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sluice.app import build
from sluice.cli.main import outcome
from sluice.rules.profiles import last_day

CONFIG = """
database: sqlite:///sluice.db
lake: lake
datasets:
  orders:
    source: {{files: "landing/orders_*.csv"}}
    key: [order_no]
    time: placed_at
    columns:
      order_no: {{type: string, required: true}}
      email: {{type: string, personal: true}}
      sku: {{type: string}}
      price: {{type: number}}
      placed_at: {{type: timestamp}}
    suite:
      - expect_column_values_to_be_between: {{column: price, min_value: 0}}
    clean: [parse]{settings}
"""


def write_day(folder: Path, day: int) -> None:
    """Write a hundred orders: of each ten, one has no price, one a wrong one, and one repeats that of the day before."""
    lines = ["order_no,email,sku,price,placed_at"]
    for number in range(100):
        price = {3: "", 4: "-1"}.get(number % 10, f"{number % 7}.5")
        order = f"o{day - 1}-{number}" if number % 10 == 5 and day > 1 else f"o{day}-{number}"
        moment = f"2026-03-0{day - 1 if order.startswith(f'o{day - 1}') else day}T10:00:00Z"
        lines.append(f"{order},ann{number}@mail.example,SKU-{number % 3:03},{price},{moment}")
    (folder / "landing").mkdir(exist_ok=True)
    (folder / "landing" / f"orders_2026-03-0{day}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sluice.yaml").write_text(CONFIG.format(settings=""), encoding="utf-8")
    write_day(tmp_path, 1)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def profile_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what `sluice profile` prints as JSON."""
    capsys.readouterr()
    assert outcome(["profile", "orders", *arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_rows_that_were_judged_are_profiled(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["run"]) == 0
    write_day(shop, 2)
    assert outcome(["run"]) == 0
    first, second = profile_of(capsys, "--day", "2026-03-01"), profile_of(capsys)
    assert [column["rows"] for column in first["columns"]] == [100] * 5
    assert [column["rows"] for column in second["columns"]] == [90] * 5  # ten are copies
    price = profile_of(capsys, "price", "--batch", first["run"])["columns"][0]
    assert (price["nulls"], price["least"], price["greatest"], price["distinct"]) == (10, "-1.0", "6.5", 8)
    assert price["top"][0] == {"value": "6.5", "rows": 12} or price["top"][0]["rows"] >= 10
    sku, email = first["columns"][2], first["columns"][1]
    assert sku["patterns"] == [{"pattern": "AAA-999", "texts": 100}]
    assert (email["distinct"], email["top"], email["patterns"], email["least"]) == (100, [], [], None)
    assert email["lengths"]["greatest"] == len("ann99@mail.example")


def test_the_table_and_the_details_name_the_batch(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["run"]) == 0
    capsys.readouterr()
    assert outcome(["profile", "orders"]) == 0
    table = capsys.readouterr()
    assert table.out.splitlines()[0].split() == ["column", "type", "rows", "missing", "distinct", "least", "median", "greatest", "top"]
    assert "100 rows, published and held" in table.err
    assert outcome(["profile", "orders", "sku"]) == 0
    assert "AAA-999" in capsys.readouterr().out
    assert outcome(["profile", "orders", "price", "--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert outcome(["profile", "orders", "--list"]) == 0
    assert capsys.readouterr().out.splitlines()[1].endswith("100  orders_2026-03-01.csv")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--day", "2026-04-01"], "ends on that day"),
        (["--batch", "nothing"], "is called nothing"),
        (["colour"], "its columns are order_no, email"),
        (["--day", "2026-03-01", "--batch", "x"], "give one of them"),
    ],
)
def test_what_is_not_there_is_said(shop: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], error: str) -> None:
    assert outcome(["run"]) == 0
    capsys.readouterr()
    assert outcome(["profile", "orders", *arguments]) == 2
    assert error in capsys.readouterr().err


def test_nothing_is_kept_where_profiles_are_off(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "sluice.yaml").write_text(CONFIG.format(settings="\n    profile: off"), encoding="utf-8")
    assert outcome(["run"]) == 0
    assert outcome(["profile", "orders"]) == 2
    assert "its configuration says `profile: off`" in capsys.readouterr().err


def test_a_restored_database_gets_the_profiles_back(shop: Path) -> None:
    with build(shop / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
    for file in shop.glob("sluice.db*"):
        shutil.copyfile(file, shop / f"backup-{file.name}")
    write_day(shop, 2)
    with build(shop / "sluice.yaml") as app:
        list(app.run(app.pending_arrivals()))
        expected = app.store.profiles.batches("orders")
    assert len(expected) == 2
    for file in shop.glob("sluice.db*"):
        file.unlink()
    for file in shop.glob("backup-*"):
        file.rename(shop / file.name.removeprefix("backup-"))
    with build(shop / "sluice.yaml") as app:
        assert len(app.store.profiles.batches("orders")) == 1
        app.store.recover()
        assert app.store.profiles.batches("orders") == expected


def test_what_moved_between_two_days_is_listed(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_day(shop, 2)
    landed = shop / "landing" / "orders_2026-03-02.csv"
    landed.write_text(landed.read_text(encoding="utf-8").replace("SKU-00", "sku_"), encoding="utf-8")
    assert outcome(["run"]) == 0
    compared = profile_of(capsys, "--compare", "2026-03-01", "2026-03-02")
    moved = {(move["column"], move["what"]) for move in compared["moves"]}
    assert moved == {("sku", "patterns"), ("sku", "values"), ("sku", "lengths")}
    (patterns,) = [move for move in compared["moves"] if move["what"] == "patterns"]
    assert {(share["value"], share["before"], share["after"]) for share in patterns["shares"]} == {("AAA-999", 1.0, None), ("aaa_9", None, 1.0)}
    assert profile_of(capsys, "price", "--compare", "2026-03-01", "2026-03-02")["moves"] == []
    assert outcome(["profile", "orders", "--compare", "2026-03-01", "2026-03-02"]) == 0
    printed = capsys.readouterr()
    assert "'aaa_9' new → 100.0%" in printed.out
    assert "price" not in printed.out
    assert outcome(["profile", "orders", "--compare", "2026-03-01", "2026-03-01"]) == 0
    assert "nothing moved by more than chance" in capsys.readouterr().err


@pytest.fixture
def repeated(shop: Path) -> Path:
    """Three days, of which the second is a file that came twice, and ends on the day after."""
    write_day(shop, 2)
    again = (shop / "landing" / "orders_2026-03-01.csv").read_text(encoding="utf-8")
    assert outcome(["run"]) == 0
    (shop / "landing" / "orders_2026-03-03.csv").write_text(again, encoding="utf-8")
    assert outcome(["run"]) == 0
    return shop


def test_a_file_of_copies_takes_over_no_profile(repeated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with build(repeated / "sluice.yaml") as app:
        runs = {run.uri.rpartition("/")[2]: run for run in app.store.runs.of("orders")}
        copies = runs["orders_2026-03-03.csv"]
        ends = app.store.profiles.ends("orders")
    assert (copies.rows, copies.judged, copies.seq is not None) == (100, 0, True)
    assert list(ends) == [runs[f"orders_2026-03-0{day}.csv"].id for day in (1, 2)]
    assert profile_of(capsys)["run"] == list(ends)[-1]
    assert profile_of(capsys, "--day", "2026-03-01")["columns"][0]["rows"] == 100
    assert len(profile_of(capsys, "price", "--list")) == 2
    assert len(profile_of(capsys, "--list")) == 2
    for arguments in (["--batch", copies.id], ["--compare", copies.id, "2026-03-02"]):
        assert outcome(["profile", "orders", *arguments]) == 2
        assert f"batch {copies.id} has no rows to describe: each of its 100 rows" in capsys.readouterr().err


def test_a_day_of_which_all_rows_are_copies_says_so(repeated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with build(repeated / "sluice.yaml") as app:
        (copies,) = [run for run in app.store.runs.of("orders") if not run.judged]
        day = last_day(copies.at).isoformat()
    expected = 0 if day in ("2026-03-01", "2026-03-02") else 2
    assert outcome(["profile", "orders", "--day", day]) == expected
    assert ("has no rows to describe" in capsys.readouterr().err) == bool(expected)


def test_a_column_of_one_batch_is_named(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["run"]) == 0
    write_day(shop, 2)
    declared = CONFIG.format(settings="").replace("placed_at: {type", "brand: {type: string}\n      placed_at: {type")
    (shop / "sluice.yaml").write_text(declared, encoding="utf-8")
    landed = shop / "landing" / "orders_2026-03-02.csv"
    head, *lines = landed.read_text(encoding="utf-8").splitlines()
    landed.write_text("\n".join([f"{head},brand", *(f"{line},acme" for line in lines), ""]), encoding="utf-8")
    assert outcome(["run"]) == 0
    compared = profile_of(capsys, "--compare", "2026-03-01", "2026-03-02")
    assert (compared["only_before"], compared["only_after"], compared["types"]) == ([], ["brand"], [])
    assert outcome(["profile", "orders", "--compare", "2026-03-01", "2026-03-02"]) == 0
    error = capsys.readouterr().err
    assert f"only batch {compared['after']['run']} has the column brand" in error
    assert "of the columns that both have, nothing moved by more than chance" in error
    back = profile_of(capsys, "brand", "--compare", "2026-03-02", "2026-03-01")
    assert (back["only_before"], [one["column"] for one in back["before"]["columns"]], back["after"]["columns"]) == (["brand"], ["brand"], [])


def test_people_read_a_rounded_mean_and_programs_all_of_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["run"]) == 0
    mean = profile_of(capsys, "price")["columns"][0]["mean"]
    assert len(mean) > 10
    assert outcome(["profile", "orders", "price"]) == 0
    assert f"mean {float(mean):.6g}, greatest" in capsys.readouterr().out
