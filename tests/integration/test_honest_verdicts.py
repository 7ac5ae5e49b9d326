"""What the gate says of a small shop's batches, from landed files through the worker process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.app import App
from sluice.cli.main import outcome
from sluice.domain import Message
from sluice.messages import render

Opened = Callable[[Path], App]
Landed = Callable[..., Path]
ITEMS = "  items:\n    source: {files: landing/items-*.csv}\n    columns: {id: {type: string}, price: {type: number}}\n"
PRICED = "    suite: [expect_column_values_to_not_be_null: {column: price}]\n"


@pytest.fixture
def landed(tmp_path: Path) -> Landed:
    """Writes a shop's datasets and files; gives its sluice.yaml."""

    def landing(datasets: str, clock: str = "2026-03-02T09:00:00Z", **files: str) -> Path:
        (tmp_path / "landing").mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / "landing" / f"{name.replace('_', '-')}.csv").write_text(text, encoding="utf-8")
        (tmp_path / "sluice.yaml").write_text(f"shop: Cups\nclock: {clock}\ndatasets:\n{datasets}", encoding="utf-8")
        return tmp_path / "sluice.yaml"

    return landing


def test_a_bad_batch_of_today_closes_the_gate_now_and_is_pinned_by_no_decision(landed: Landed, opened: Opened) -> None:
    good, bad = "id,price\na,1\nb,2\n", "id,price\nc,\nd,\n"
    app = opened(landed(ITEMS + PRICED, items_2026_03_01=good, items_2026_03_02=bad))
    assert [run.decision for run in app.run(app.pending_arrivals())] == ["open", "closed"]
    decision = app.gate("items")
    assert (decision.state, decision.runs, decision.reasons[0].code) == ("closed", (), "newest_batch_closed")


def test_a_renamed_column_makes_the_decision_unknown_and_is_named(landed: Landed, opened: Opened) -> None:
    between = "    suite: [expect_column_values_to_be_between: {column: price, min_value: 0}]\n"
    old, new = "id,price\na,1\nb,2\n", "id,unit_price\nc,1\nd,2\n"
    app = opened(landed(ITEMS + between, items_2026_03_01=old, items_2026_03_02=new))
    renamed = Message.of("column_renamed", column="price", similar="unit_price")
    first, second = app.run(app.pending_arrivals())
    assert (first.decision, second.decision, second.published.value) == ("open", "unknown", None)
    assert second.reasons[0] == Message.of("rules_not_evaluated", rules=("column_present:price", "expect_column_values_to_be_between:price"), reason=renamed)
    decision = app.gate("items")
    assert decision.state == "closed"
    assert "price is gone, unit_price is new: renamed?" in " ".join(map(render, decision.reasons))


def test_what_is_said_of_a_renamed_column_opens_the_gate(landed: Landed, opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    before = "  items:\n    source: {files: landing/items-*.csv}\n    key: [id]\n    columns:\n      id: {type: string}\n      price: {type: number}\n"
    rule = "    suite:\n    - expect_column_values_to_be_between: {column: price, min_value: 0}\n"
    new = "id,unit_price\nc,1\nd,2\n"
    path = landed(before + rule, items_2026_03_01="id,price\na,1\nb,2\n", items_2026_03_02=new)
    assert outcome(["run", "--config", str(path)]) == 0
    steps = ["where unit_price is the new name of price", "`was: price`", "`sluice rebuild items --write`"]
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if "price" in line]
    printed = capsys.readouterr().err
    assert all(part in printed for part in [*steps, *lines])
    app = opened(path)
    incident = next(one for one in app.store.incidents.all("items") if one.rule.endswith(":price"))
    for command in (["gate", "items"], ["incidents", "show", str(incident.id)]):
        outcome([*command, "--config", str(path)])
        output = "".join(capsys.readouterr())
        assert all(part in output for part in [*steps, *lines]), command
    text = path.read_text(encoding="utf-8").replace("price: {type: number}", "unit_price: {type: number, was: price}")
    path.write_text(text.replace("column: price", "column: unit_price"), encoding="utf-8")
    assert outcome(["rebuild", "items", "--write", "--config", str(path)]) == 0
    (path.parent / "landing" / "items-2026-03-02-again.csv").write_text(new, encoding="utf-8")
    assert outcome(["run", "--config", str(path)]) == 0
    assert outcome(["gate", "items", "--config", str(path)]) == 0


def test_a_batch_that_cannot_be_read_is_set_aside_with_its_file_and_the_others_go_on(landed: Landed, opened: Opened) -> None:
    images = '  images:\n    source: {files: "landing/*.parquet"}\n    columns: {id: {type: string}, shot: {type: string}}\n'
    path = landed(images + ITEMS + PRICED, items_2026_03_01="id,price\na,1\n")
    (path.parent / "landing" / "images-2026-03-01.parquet").write_bytes(b"PAR1 cut short")
    app = opened(path)
    runs = {run.dataset: run for run in app.run(app.pending_arrivals())}
    assert {name: run.state for name, run in runs.items()} == {"images": "failed", "items": "published"}
    assert "images-2026-03-01.parquet" in render(runs["images"].error)
    assert app.pending_arrivals() == []
    assert [arrival.dataset for arrival in app.pending_arrivals(retry_failed=True)] == ["images"]


def test_a_good_batch_of_today_is_pinned_now(landed: Landed, opened: Opened) -> None:
    app = opened(landed(ITEMS + PRICED, items_2026_03_02="id,price\na,1\nb,2\n"))
    (run,) = app.run(app.pending_arrivals())
    assert app.gate("items").runs == (run.id,)
    audit = app.audit("items")
    assert (audit.good, audit.bad) == (0, 0), "an audit moves no row"


EVENTS = """\
  events:
    source: {files: landing/events*.csv}
    time: ts
    columns: {id: {type: string}, item: {type: string}, ts: {type: timestamp}}
    suite:
    - expect_column_values_to_exist_in_dataset: {column: item, dataset: items, reference_column: id}
    - expect_batch_to_be_fresh: {column: ts, max_age: 2d}
    gate: {max_age: 3d}
"""
CATALOG = "  items:\n    source: {files: landing/items*.csv}\n    mode: snapshot\n    key: [id]\n    columns: {id: {type: string}, price: {type: number}}\n"


def test_history_that_was_copied_before_its_catalog_opens_the_gate_on_the_first_day(landed: Landed, opened: Opened) -> None:
    path = landed(EVENTS + CATALOG, events="id,item,ts\n1,a,2025-03-01T10:00:00\n2,a,2025-03-02T10:00:00\n", items="id,price\na,1\n")
    for name, moment in (("events.csv", 1772442000), ("items.csv", 1772442001)):  # 2026-03-02T09:00:00Z, as `cp` writes one after the other
        os.utime(path.parent / "landing" / name, (moment, moment))
    app = opened(path)
    runs = list(app.run(app.pending_arrivals()))
    assert [(run.dataset, run.decision, run.bad) for run in runs] == [("items", "open", 0), ("events", "open", 0)]
    assert app.gate("events").open


def test_events_older_than_the_first_catalog_say_so(landed: Landed, opened: Opened) -> None:
    app = opened(landed(EVENTS + CATALOG, events_2026_02_01="id,item,ts\n1,a,2026-02-01T10:00:00\n", items_2026_03_01="id,price\na,1\n"))
    _, events = app.run(app.pending_arrivals())
    assert (events.dataset, events.decision, [reason.code for reason in events.reasons]) == ("events", "open", ["reference_newer"])


def test_rows_whose_reference_came_later_are_judged_again_and_open_the_gate(landed: Landed, opened: Opened) -> None:
    """The catalog of the second day has the item that half of the first day's events are about."""
    events = "id,item,ts\n1,a,2026-03-01T10:00:00\n2,b,2026-03-01T11:00:00\n"
    path = landed(EVENTS + CATALOG, items_2026_03_01="id,price\na,1\n", events_2026_03_01=events)
    app = opened(path)
    _, first = app.run(app.pending_arrivals())
    assert (first.good, first.bad, first.decision, app.gate("events").state) == (1, 1, "closed", "closed")
    landed(EVENTS + CATALOG, items_2026_03_02="id,price\na,1\nb,2\n")
    _, again = app.run(app.pending_arrivals())
    assert (again.kind, again.good, [revision.run for revision in again.revisions]) == ("replay", 1, [first.id])
    decision = app.gate("events")
    assert (decision.state, set(decision.runs)) == ("open", {first.id, again.id})
    assert app.store.runs.get(first.id) == first, "the first record stays as it was"


def test_the_lines_that_declare_a_lost_column_are_named_and_without_them_the_next_file_opens_the_gate(
    landed: Landed, opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    before = "  items:\n    source: {files: landing/items-*.csv}\n    columns:\n      id: {type: string}\n      price: {type: number}\n"
    rule = "    suite:\n    - expect_column_values_to_be_between: {column: price, min_value: 0}\n    - expect_column_values_to_not_be_null: {column: id}\n"
    path = landed(before + rule, items_2026_03_01="id,price\na,1\nb,2\n", items_2026_03_02="id,color\nc,red\nd,blue\n")
    assert outcome(["run", "--config", str(path)]) == 0
    printed = capsys.readouterr().err
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "price" in line]
    assert "where price is gone for good" in printed
    assert all(line.strip() in printed for line in lines)
    assert outcome(["gate", "items", "--config", str(path), "--format", "json"]) != 0
    (gone,) = json.loads(capsys.readouterr().out)["gone"]
    assert [line.partition(": ")[2] for line in gone["params"]["lines"]] == [line.strip() for line in lines]
    path.write_text("\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if "price" not in line), encoding="utf-8")
    (path.parent / "landing" / "items-2026-03-03.csv").write_text("id\ne\nf\n", encoding="utf-8")
    app = opened(path)
    assert [run.decision for run in app.run(app.pending_arrivals())] == ["open"]
