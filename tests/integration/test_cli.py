"""The command line: its exit codes, its words, its JSON."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import typer.main

from sluice.cli.demo import published
from sluice.cli.main import app, outcome
from sluice.domain import ROW, Run

SMALL = """
datasets:
  a:
    source: {files: "landing/*.csv"}
    columns: {id: {type: string}, x: {type: integer}}
    suite: [expect_column_values_to_not_be_null: {column: id}]
"""


def commands(group: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, command in getattr(group, "commands", {}).items():
        if getattr(command, "commands", None):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", list(COMMANDS), ids=" ".join)
def test_every_command_explains_itself_and_its_options(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert len(command.help or "") > 30  # type: ignore[attr-defined]  # a click command
    unexplained = [parameter.name for parameter in command.params if parameter.param_type_name == "option" and not parameter.help]  # type: ignore[attr-defined]  # a click command
    assert unexplained == []


def test_help_names_the_way_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["--help"]) == 0
    assert "sluice init" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["gate", "events", "--config", "nowhere.yaml"], 2, "sluice init"),
        (["gate"], 2, "Missing argument"),
        (["nonsense"], 2, "No such command"),
        (["init", "nowhere"], 2, "no such folder"),
        (["recommend", "u00001", "-k", "-3"], 2, "greater than or equal to 1"),
        (["quarantine", "list", "events", "--limit", "0"], 2, "greater than or equal to 1"),
    ],
)
def test_wrong_usage_leaves_with_2_and_says_what_to_do(arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(arguments) == code
    assert message in capsys.readouterr().err


def test_a_gate_prints_its_decision_and_leaves_with_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["gate", "events", "--config", str(shop)]) == 0
    assert "events: open" in capsys.readouterr().out
    assert outcome(["gate", "events", "--config", str(shop), "--format", "json"]) == 0
    decision = json.loads(capsys.readouterr().out)
    assert (decision["state"], decision["dataset"]) == ("open", "events")
    assert outcome(["gate", "catalogue", "--config", str(shop)]) == 2
    assert "no dataset is called 'catalogue'" in capsys.readouterr().err


def test_a_closed_gate_leaves_with_1_until_somebody_overrides_it(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop.write_text(shop.read_text().replace("clock: 2026-03-07", "clock: 2026-03-11"))
    assert outcome(["gate", "events", "--config", str(shop)]) == 1
    assert "did not arrive" in capsys.readouterr().out
    assert outcome(["retrain", "--config", str(shop)]) == 1
    order = ["override", "events", "--config", str(shop), "--for", "2h", "--by", "Ada"]
    assert outcome([*order, "--reason", " "]) == 2
    assert outcome([*order, "--reason", "the sale starts"]) == 0
    capsys.readouterr()
    assert outcome(["gate", "events", "--config", str(shop)]) == 0
    assert "opened by Ada until" in capsys.readouterr().out


def test_an_unpublished_dataset_has_an_unknown_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "sluice.yaml"
    config.write_text('datasets: {events: {source: {files: "landing/*.csv"}, columns: {id: {type: string}}}}\n')
    assert outcome(["gate", "events", "--config", str(config)]) == 3
    assert "unknown" in capsys.readouterr().out


def test_held_rows_are_listed_shown_masked_and_released(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--config", str(shop)]
    rule = "expect_column_values_to_be_between:quantity"
    assert outcome(["quarantine", "list", "events", "--rule", rule, *where, "--format", "json"]) == 0
    row = json.loads(capsys.readouterr().out)[0]["row"]
    assert outcome(["quarantine", "show", "events", row, *where, "--format", "json"]) == 0
    cells = {cell["column"]: cell for cell in json.loads(capsys.readouterr().out)}
    assert (cells["ip"]["value"], cells["quantity"]["blamed"]) == ("•••", "yes")
    assert outcome(["quarantine", "release", "events", row, "--by", " ", *where]) == 2
    assert "--by" in capsys.readouterr().err
    assert outcome(["quarantine", "release", "events", row, "--by", "Ada", "--reason", "a return", *where]) == 0
    assert outcome(["quarantine", "show", "events", row, *where]) == 2


def test_repairs_are_listed_and_undone(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--config", str(shop)]
    assert outcome(["repairs", "list", "events", "--column", "currency", *where, "--format", "json"]) == 0
    repair = json.loads(capsys.readouterr().out)[0]
    assert repair["cleaner"] == "lookup"
    undo = ["repairs", "undo", "events", repair["repair"], "--by", "Ada", "--reason", "wrong", *where]
    assert outcome(undo) == 0
    assert outcome(undo) == 2


def test_models_are_listed_recommend_and_roll_back(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--config", str(shop)]
    assert outcome(["models", "list", *where, "--format", "json"]) == 0
    (model,) = json.loads(capsys.readouterr().out)
    assert model["state"] == "champion"
    assert outcome(["recommend", "--popular", "-k", "3", *where, "--format", "json"]) == 0
    assert all(item["title"] for item in json.loads(capsys.readouterr().out))
    assert outcome(["recommend", *where]) == 2
    assert outcome(["recommend", "--all", *where]) == 2
    lists = shop.parent / "lists.parquet"
    assert outcome(["recommend", "--all", "--to", str(lists), "-k", "3", *where, "--format", "json"]) == 0
    (written,) = json.loads(capsys.readouterr().out)
    assert pl.read_parquet(lists).group_by("user").len()["len"].max() == 3
    assert written["users"] == pl.read_parquet(lists)["user"].n_unique()
    assert outcome(["search", "zzzqqq", *where]) == outcome(["search", "--unanswered", *where]) == 0
    assert "zzzqqq" in capsys.readouterr().out
    assert outcome(["search", *where]) == outcome(["search", "mug", "--unanswered", *where]) == 2
    assert outcome(["search", "mug", "-k", "1", *where, "--format", "json"]) == 0
    (mug,) = json.loads(capsys.readouterr().out)
    assert outcome(["similar", mug["item"], "-k", "3", *where, "--format", "json"]) == 0
    similar = json.loads(capsys.readouterr().out)
    assert len(similar) == 3
    assert all(entry["code"].startswith("similar_") and entry["reason"] and entry["item"] != mug["item"] for entry in similar)
    assert outcome(["similar", f"{mug['item']}x", *where]) == 2
    assert f"did you mean {mug['item']}?" in capsys.readouterr().err
    assert outcome(["models", "rollback", "--by", "Ada", "--reason", "worse", *where]) != 0


def test_an_audit_and_the_doctor_find_a_sound_shop_sound(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["audit", "events", "--config", str(shop)]) == 0
    capsys.readouterr()
    assert outcome(["doctor", "--config", str(shop), "--format", "json"]) == 0
    findings = json.loads(capsys.readouterr().out)
    assert {finding["what"] for finding in findings if finding["state"] != "fine"} == {"unread files"}
    (unread,) = (finding["found"]["text"] for finding in findings if finding["what"] == "unread files")
    assert "could not be read; mend the cause and run `sluice run --retry-failed`" in unread


def test_the_doctor_names_what_is_broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "sluice.yaml"
    config.write_text("datasets: {events: {sorce: 1}}\n")
    assert outcome(["doctor", "--config", str(config), "--format", "json"]) == 3
    (finding,) = json.loads(capsys.readouterr().out)
    assert "did you mean source?" in finding["found"]["text"]


def test_a_wrong_step_is_told_with_its_line_before_anything_is_judged(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop.write_text(shop.read_text().replace("- normalize_text", "- normalise_text", 1).replace("window: 3s", "widow: 3s"))
    catalog = shop.parent / "landing" / "catalog"
    shutil.copy(catalog / "catalog-2026-03-02.csv", catalog / "catalog-2026-03-02-late.csv")
    assert outcome(["run", "--config", str(shop)]) == 2
    errors = capsys.readouterr().err
    assert "no step is called normalise_text; did you mean normalize_text?" in errors
    assert ": datasets.catalog.clean." in errors


def test_init_writes_a_configuration_that_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / "products-2026-03-01.csv").write_text("sku,title,price,zip\n" + "".join(f"P{n:04},Cup number {n},{n + 0.5},{n:05}\n" for n in range(300)))
    (landing / "orders-2026-03-01.csv").write_text(
        "order_id,sku,at,email\n" + "".join(f"{n},P{n % 300:04},2026-03-01T10:{n % 60:02}:00Z,a{n}@example.com\n" for n in range(500))
    )
    config = tmp_path / "sluice.yaml"
    assert outcome(["init", str(landing), "--to", str(config), "--format", "json"]) == 0
    inferred = {table["dataset"]: table for table in json.loads(capsys.readouterr().out)}
    assert "sku → products.sku" in str(inferred["orders"]["refers to"])
    assert "zip string" in str(inferred["products"]["columns"])
    assert "email string (personal)" in str(inferred["orders"]["columns"])
    text = config.read_text(encoding="utf-8")
    assert outcome(["init", str(landing), "--to", str(config), "--write"]) == 0
    assert "nothing to add" in capsys.readouterr().err
    assert config.read_text(encoding="utf-8") == text
    assert outcome(["run", "--config", str(config), "--format", "json"]) == 0
    runs = {run["dataset"]: run for run in json.loads(capsys.readouterr().out)}
    assert (runs["products"]["rows"], runs["products"]["held"], runs["orders"]["rows"], runs["orders"]["held"]) == (300, 0, 500, 0)


def test_init_tells_of_what_it_leaves_out_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / "books-2026-03-01.csv").write_text("id,title\n" + "".join(f"b{n},Book {n}\n" for n in range(50)))
    (landing / "books-2026-03-02.csv").write_text("id,title\nb1,One,more\n")
    (landing / "reviews-2026-03-01.jsonl").write_text('{"id": 1}\n{"id":')
    config = tmp_path / "sluice.yaml"
    assert outcome(["init", str(landing), "--to", str(config), "--format", "json"]) == 0
    output = capsys.readouterr()
    assert [table["dataset"] for table in json.loads(output.out)] == ["books"]
    assert "reviews: left out" in output.err
    assert "line 2" in output.err
    empty = tmp_path / "empty"
    empty.mkdir()
    assert outcome(["init", str(empty), "--to", str(tmp_path / "other.yaml")]) == 2


def test_a_held_cell_is_shown_as_the_file_said_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a-2026-03-01.csv").write_text("id,x\na,free\nb,3\n")
    config = tmp_path / "sluice.yaml"
    config.write_text(SMALL)
    assert outcome(["run", "--config", str(config)]) == 0
    capsys.readouterr()
    assert outcome(["quarantine", "list", "a", "--config", str(config), "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert outcome(["quarantine", "show", "a", row["row"], "--config", str(config), "--format", "json"]) == 0
    cells = {cell["column"]: (cell["value"], cell["blamed"]) for cell in json.loads(capsys.readouterr().out)}
    assert cells == {"id": ("a", ""), "x": ("free", "yes")}


def test_rows_that_come_again_under_another_name_are_copies_and_a_batch_of_the_future_waits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    for name in ("a-2026-03-01", "a-2026-03-02", "a-2999-01-01"):
        (tmp_path / "landing" / f"{name}.csv").write_text("id,x\na,1\nb,3\n")
    config = tmp_path / "sluice.yaml"
    config.write_text(SMALL.replace("    columns:", "    key: [id]\n    columns:"))
    assert outcome(["run", "--config", str(config), "--format", "json"]) == 1
    runs = {run["at"][:10]: run for run in json.loads(capsys.readouterr().out)}
    assert [(run["clean"], run["held"], run["copies"]) for run in runs.values()] == [(2, 0, 0), (0, 0, 2), (0, 0, 0)]
    assert "has not come yet" in runs["2999-01-02"]["reasons"]["text"]


def test_what_cannot_be_read_is_set_aside_and_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a-2026-03-01.csv").write_bytes("id,x\n1,2\n".encode("utf-16"))
    (tmp_path / "landing" / "a-2026-03-02.csv").write_text("id,x\n1,2\n")
    config = tmp_path / "sluice.yaml"
    config.write_text(SMALL)
    assert outcome(["run", "--config", str(config), "--format", "json"]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert (first["kind"], "UTF-16" in first["reasons"]["text"]) == ("failed", True)
    assert (second["kind"], second["clean"]) == ("ingest", 1)
    assert outcome(["run", "--config", str(config), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_check_tells_and_publishes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a-2026-03-01.csv").write_text("id,x\n,2\nb,3\n")
    config = tmp_path / "sluice.yaml"
    config.write_text(SMALL)
    for _ in range(2):
        assert outcome(["check", "--config", str(config), "--format", "json"]) == 1
        checks = {check["rule"]: check for check in json.loads(capsys.readouterr().out)}
        assert checks["expect_column_values_to_not_be_null:id"]["failed"] == 1
    (tmp_path / "landing" / "a-2026-03-01.csv").write_text("id,x\na,2\n")
    assert outcome(["check", "--config", str(config)]) == 0
    assert "every rule is met" in capsys.readouterr().err


def test_a_check_judges_all_that_can_be_read_and_names_what_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "landing").mkdir()
    config = tmp_path / "sluice.yaml"
    config.write_text(SMALL)
    assert outcome(["check", "--config", str(config)]) == 0
    assert "nothing new arrived" in capsys.readouterr().err
    (tmp_path / "landing" / "a-2026-03-01.csv").write_text("id,x\n1\n")
    (tmp_path / "landing" / "a-2026-03-02.csv").write_text("id,x\n1,2\n")
    (tmp_path / "landing" / "a-9026-03-02.csv").write_text("id,x\n2,2\n")
    assert outcome(["check", "--config", str(config), "--format", "json"]) == 1
    output = capsys.readouterr()
    assert {check["file"] for check in json.loads(output.out)} == {"a-2026-03-02.csv"}
    assert "a-2026-03-01.csv: line 2" in output.err
    assert "a-9026-03-02.csv is of 9026-03-02, which has not come yet" in output.err


def test_the_demo_counts_batches_apart_from_failed_files_and_replays() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    runs = [Run("a", "x", "ingest", 1, at, "published"), Run("b", "x", "ingest", None, at, "failed"), Run("c", "x", "replay", 2, at, "published")]
    assert published(runs) == "1 batch published, 1 file failed, held rows judged again in 1 run"
    assert published([]) == "nothing new: every batch is published"


def test_a_row_id_is_shown_as_it_is_asked_for(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["quarantine", "list", "events", "--config", str(shop), "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == len({row["row"] for row in rows})
    assert ROW not in rows[0]


def test_held_rows_are_counted_by_dataset_and_reason(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["quarantine", "list", "--config", str(shop), "--format", "json"]) == 0
    counts = {(row["dataset"], row["held for"]): row["rows"] for row in json.loads(capsys.readouterr().out)}
    assert outcome(["quarantine", "list", "events", "--config", str(shop), "--format", "json"]) == 0
    reasons = [reason for row in json.loads(capsys.readouterr().out) for reason in row["reasons"]]
    assert {reason: count for (dataset, reason), count in counts.items() if dataset == "events"} == Counter(reasons)


def test_held_rows_are_listed_by_file_and_by_column(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = ["quarantine", "list", "events", "--config", str(shop), "--format", "json"]
    assert outcome(listed) == 0
    everything = {row["row"] for row in json.loads(capsys.readouterr().out)}
    assert outcome([*listed, "--batch", "events-2026-03-01.jsonl.gz"]) == 0
    first_day = {row["row"] for row in json.loads(capsys.readouterr().out)}
    assert first_day < everything
    assert len({row.rpartition(".")[0] for row in first_day}) == 1
    assert outcome([*listed, "--column", "quantity"]) == 0
    assert {reason for row in json.loads(capsys.readouterr().out) for reason in row["reasons"]} == {"expect_column_values_to_be_between:quantity"}
    assert outcome([*listed, "--batch", "nothing.csv"]) == 2
    assert "no run or file is called nothing.csv; rows are held by events-2026-03-" in capsys.readouterr().err
    assert outcome(["quarantine", "list", "--config", str(shop), "--column", "quantity"]) == 2


def test_files_of_nobody_are_counted_and_deleted(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orphan = next((shop.parent / ".sluice" / "lake" / "clean" / "events").glob("*.parquet")).with_name("part-of-nobody.parquet")
    orphan.write_bytes(b"left by a killed worker")
    where = ["--config", str(shop), "--format", "json"]
    counted = [{"kind": "history", "dataset": "events", "place": "clean", "count": 1}]
    for arguments, left, deleted in ((["--dry-run"], counted, False), ([], counted, True), ([], [], True)):
        assert outcome(["vacuum", *arguments, *where]) == 0
        assert json.loads(capsys.readouterr().out) == left
        assert orphan.exists() is not deleted
    assert outcome(["vacuum", "evnts", *where]) == 2


def test_small_files_are_merged(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--config", str(shop), "--format", "json"]
    assert outcome(["compact", *where]) == 0
    counts = {(row["dataset"], row["table"]): row["files"] for row in json.loads(capsys.readouterr().out)}
    assert counts["events", "clean"] > 1
    assert outcome(["compact", *where]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert outcome(["compact", "evnts", *where]) == 2


def test_incidents_are_listed_and_acted_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = shop_with_a_hole(tmp_path)
    capsys.readouterr()
    assert outcome(["incidents", "list", "--config", config, "--format", "json"]) == 0
    (incident,) = json.loads(capsys.readouterr().out)
    assert (incident["dataset"], incident["state"], incident["message"]["text"]) == ("a", "open", "id is empty: 1 of 2 rows (50.00%)")
    number = str(incident["incident"])
    assert outcome(["incidents", "resolve", number, "--by", "Ann", "--config", config]) == 2
    assert "`sluice quarantine list a`" in capsys.readouterr().err
    assert outcome(["incidents", "ack", number, "--by", "Ann", "--reason", "asking", "--config", config]) == 0
    assert outcome(["incidents", "mute", number, "--for", "7d", "--by", "Ann", "--config", config]) == 0
    capsys.readouterr()
    assert outcome(["incidents", "list", "--config", config]) == 0
    assert "--all shows them" in capsys.readouterr().err
    assert outcome(["incidents", "show", number, "--config", config, "--format", "json"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert (described["owner"], described["held"], [act["did"] for act in described["acts"]]) == ("Ann", 1, ["mute", "acknowledge", "assign"])
    assert outcome(["incidents", "expect", number, "--cause", "luck", "--by", "Ann", "--config", config]) == 2


def shop_with_a_hole(root: Path) -> str:
    """A shop that has read a file of two rows, of which one lacks its id."""
    (root / "landing").mkdir()
    (root / "landing" / "a-2026-03-01.csv").write_text("id,x\na,1\n,2\n")
    (root / "sluice.yaml").write_text(SMALL)
    config = str(root / "sluice.yaml")
    outcome(["run", "--config", config])
    return config
