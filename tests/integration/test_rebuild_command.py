"""`sluice rebuild`: a changed declaration makes the batches of one dataset wait until it is carried out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sluice.app import build
from sluice.cli.main import outcome
from sluice.store.row_states import row_states

CONFIG = """datasets:
  items:
    source: {files: "landing/items_*.csv"}
    mode: upsert
    key: [sku]
    columns:
      sku: {type: string}
      price: {type: string}
  stores:
    source: {files: "landing/stores_*.csv"}
    columns:
      store: {type: string}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG, encoding="utf-8")
    land(tmp_path, 1, "sku,price\n1,9.50\n2,free\n3,4\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def land(shop: Path, day: int, items: str) -> None:
    (shop / "landing" / f"items_2026-11-{day:02}.csv").write_text(items, encoding="utf-8")
    (shop / "landing" / f"stores_2026-11-{day:02}.csv").write_text(f"store\n{day}\n", encoding="utf-8")


def test_a_changed_declaration_waits_for_a_rebuild(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["run"]) == 0
    text = CONFIG.replace("price: {type: string}", "unit_price: {type: number, was: price}")
    (shop / "sluice.yaml").write_text(text, encoding="utf-8")
    for command, code in (["run"], 0), (["check"], 0), (["guarded", "items"], 3):  # nothing new arrived
        capsys.readouterr()
        assert outcome(command) == code
        assert capsys.readouterr().err.count("sluice rebuild items") == 1
    land(shop, 2, "sku,price\n1,10.50\n4,5\n")
    capsys.readouterr()

    assert outcome(["run", "--format", "json"]) == 3
    printed = capsys.readouterr()
    assert [row["dataset"] for row in json.loads(printed.out)] == ["stores"]
    assert printed.err.count("sluice rebuild items") == 1
    assert "Error" not in printed.err
    assert outcome(["check"]) == 1
    assert "sluice rebuild items" in capsys.readouterr().err
    assert outcome(["doctor", "--format", "json"]) != 0
    assert "sluice rebuild items" in capsys.readouterr().out

    assert outcome(["rebuild", "items", "--format", "json"]) == 0
    preview = json.loads(capsys.readouterr().out)
    assert (preview["rows"], preview["will_be_held"], preview["failing"]) == (3, 1, {"cast:unit_price": 1})
    assert outcome(["rebuild", "items", "--write", "--format", "json"]) == 0
    (run,) = json.loads(capsys.readouterr().out)
    assert (run["kind"], run["clean"], run["held"], run["decision"]) == ("rebuild", 2, 1, "closed")
    assert outcome(["rebuild", "items"]) == 0
    assert "nothing to rebuild" in capsys.readouterr().err

    assert outcome(["run", "--format", "json"]) == 0  # the file still has the name before
    (run,) = json.loads(capsys.readouterr().out)
    assert (run["clean"], run["held"], run["replaced"]) == (2, 0, 1)
    assert outcome(["doctor"]) == 0


def test_cleaners_read_what_the_cast_alone_does_not(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    land(shop, 1, 'sku,price\n1,9.50\n2,free\n3,"12,90 €"\n')
    (shop / "sluice.yaml").write_text(CONFIG.replace("  stores:", "    clean: [parse]\n  stores:"), encoding="utf-8")
    assert outcome(["run"]) == 0
    text = (shop / "sluice.yaml").read_text(encoding="utf-8").replace("price: {type: string}", "price: {type: number, unit: EUR}")
    (shop / "sluice.yaml").write_text(text, encoding="utf-8")
    capsys.readouterr()

    assert outcome(["rebuild", "items", "--write", "--format", "json"]) == 0

    runs = json.loads(capsys.readouterr().out)
    assert [(run["kind"], run["clean"], run["held"]) for run in runs] == [("rebuild", 1, 2), ("replay", 1, 1)]
    with build("sluice.yaml") as sluice:
        published = sluice.store.snapshot().published("items").sort("sku").collect()
        states = row_states(sluice.store, "items")
        (revised,) = sluice.store.runs.of("items")[-1].revisions
    assert published.select("sku", "price").rows() == [("1", 9.5), ("3", 12.9)]
    assert sorted(states["_state"]) == ["held", "published", "published"]
    assert revised.good + revised.bad == 3
    assert revised.bad >= 0
