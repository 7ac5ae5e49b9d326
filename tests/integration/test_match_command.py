"""`sluice match` lists products that are listed twice, asks about pairs, and merges what a person names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sluice.app import build
from sluice.cli.main import app as commands
from sluice.cli.main import outcome
from sluice.config.product_settings import pairs_path, product_columns
from sluice.store.label_file import read_label_file

pytest.importorskip("sklearn")

CONFIG = """
clock: 2026-03-04T06:00:00Z
datasets:
  items:
    source: {files: "items/*.csv"}
    mode: snapshot
    key: [sku]
    columns: {sku: {type: string}, note: {type: string}, title: {type: string}, price: {type: number}}
  orders:
    source: {files: "orders/*.csv"}
    key: [id]
    columns: {id: {type: string}, sku: {type: string}}
    suite: [expect_column_values_to_exist_in_dataset: {column: sku, dataset: items}]
"""
THINGS = ("kettle", "toaster", "lamp", "pannier", "planter", "chair", "drill", "speaker", "fan", "clock", "desk", "sofa")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A shop whose twelve products are listed twice."""
    rows = [f"{side}{place:02},,{title},{5 + place}" for place, thing in enumerate(THINGS) for side, title in zip("ab", _titles(place, thing), strict=True)]
    for name, text in (
        ("sluice.yaml", CONFIG),
        ("items/items.csv", "sku,note,title,price\n" + "\n".join(rows)),
        ("orders/orders.csv", "id,sku\n1,b00\n2,a01\n"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    with build(tmp_path / "sluice.yaml") as app:
        assert product_columns(app.config, "items").title == "title"  # type: ignore[union-attr]  # None would fail too
        assert product_columns(app.config, "orders").title == "sku"  # type: ignore[union-attr]  # likewise
        list(app.run(app.pending_arrivals()))
    return tmp_path / "sluice.yaml"


def _titles(place: int, thing: str) -> tuple[str, str]:
    return f"acme {thing} ac{1000 + place}x steel", f"{thing} by acme model AC{1000 + place}X"


def command(path: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Any:  # whatever JSON says
    capsys.readouterr()
    assert outcome([*words, "--config", str(path), "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_groups_are_listed_with_the_id_that_is_suggested_to_stay(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = command(path, capsys, "match", "items")
    assert len(listed) == 24
    assert [(one["id"], one["keep"], one["rows"], one["probability"]) for one in listed[:2]] == [("b00", True, 1, None), ("a00", False, 0, None)]


def test_a_merge_is_previewed_carried_out_and_undone(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["match", "items", "--merge", "b00", "--keep", "a00"]
    preview = command(path, capsys, *words, "--preview")
    assert (preview["rows"], preview["failing"]) == ([{"dataset": "orders", "column": "sku", "rows": 1}], 0)
    assert path.read_text().strip() == CONFIG.strip()
    (answer,) = command(path, capsys, *words, "--by", "Ann")
    assert answer["answer"]["text"] == "1 published row refers to a00 now; sluice.yaml maps the other ids in later batches"
    assert [one["request"] for one in command(path, capsys, "undo")] == [answer["request"]]
    (undone,) = command(path, capsys, "undo", answer["request"], "--by", "Ann")
    assert undone["answer"]["text"] == "1 row has its former id again; sluice.yaml maps the ids no longer"
    assert path.read_text().strip() == CONFIG.strip()


def test_a_merge_needs_the_id_that_stays_and_somebody_who_refers_to_it(path: Path) -> None:
    assert outcome(["match", "items", "--merge", "b00", "--config", str(path)]) == 2
    assert outcome(["match", "orders", "--merge", "1", "--keep", "2", "--by", "Ann", "--config", str(path)]) == 2


def test_answers_are_written_at_once_undone_and_skipped(path: Path) -> None:
    result = CliRunner().invoke(
        commands, ["match", "items", "--label", "--pairs", "2", "--config", str(path)], input="y\nx\nu\nn\ns\ny\n", catch_exceptions=False
    )
    assert result.exit_code == 0
    assert "2 pairs were labelled" in result.output
    with build(path) as app:
        lines = read_label_file(pairs_path(app.config, "items"), ("left", "right", "same"))
    assert lines["same"].to_list() == ["no", "yes"]
    assert lines["answer"].n_unique() == 1
