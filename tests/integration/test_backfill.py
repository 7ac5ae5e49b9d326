"""`sluice backfill` judges the batches of a window by the present suite: it moves rows in runs of its own, overwrites nothing, and can be repeated."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from sluice.app import App
from sluice.app.backfill import suite_version
from sluice.cli.main import outcome
from sluice.messages import render
from sluice.store.row_states import row_states
from sluice.wiring.today import news_of
from tests.processes import Started

CONFIG = """
clock: 2026-03-10T00:00:00Z
database: "{url}"
datasets:
  orders:
    source: {{files: "landing/*.csv"}}
    key: [id]
    columns: {{id: {{type: string}}, price: {{type: number}}, note: {{type: string}}}}
    suite:
    - expect_column_values_to_be_unique: {{column: id}}
    - {{expect_column_values_to_not_be_null: {{column: note}}}}
"""
RULE = "    - expect_column_values_to_be_between: {column: price, min_value: 10}\n"
DAYS = {1: ("a1,5,x", "a2,50,x", "a3,60,"), 2: ("b1,5,x", "b2,50,x"), 3: ("c1,5,x", "c2,50,")}


@pytest.fixture
def shop(tmp_path: Path, url: str, opened: Callable[[Path], App]) -> Path:
    """Three published days; then the rule about notes leaves the suite, and one about prices comes. Gives its sluice.yaml."""
    (tmp_path / "landing").mkdir()
    for day, rows in DAYS.items():
        (tmp_path / "landing" / f"orders-2026-03-0{day}.csv").write_text("\n".join(("id,price,note", *rows)) + "\n")
    path = tmp_path / "sluice.yaml"
    path.write_text(CONFIG.format(url=url))
    app = opened(path)
    assert [run.bad for run in app.run(app.pending_arrivals())] == [1, 0, 1]
    path.write_text(CONFIG.format(url=url).replace("    - {expect_column_values_to_not_be_null: {column: note}}\n", RULE))
    return path


def published(app: App, snapshot: str | None = None) -> list[str]:
    return sorted(app.store.snapshot(snapshot).published("orders").collect()["id"])


def command(shop: Path, *options: str, first: str = "2026-03-01", last: str = "2026-03-02") -> list[str]:
    return ["backfill", "orders", "--from", first, "--to", last, "--by", "Ada", "--config", str(shop), "--format", "json", *options]


def test_rows_move_in_runs_of_their_own_and_earlier_snapshots_read_as_before(
    shop: Path, opened: Callable[[Path], App], capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(command(shop)) == 0
    first, second = json.loads(capsys.readouterr().out)
    app = opened(shop)
    version = suite_version(app, "orders")
    assert [(day["now_held"], day["now_published"], day["judged"]) for day in (first, second)] == [(1, 1, "now"), (1, 0, "now")]
    assert all(version in run for day in (first, second) for run in day["runs"])
    assert published(app) == ["a2", "a3", "b2", "c1"]  # the third day is not in the window
    assert published(app, "3") == ["a1", "a2", "b1", "b2", "c1"]
    assert row_states(app.store, "orders")["_row_id"].len() == sum(map(len, DAYS.values()))
    (entry,) = [entry for entry in app.store.activity.entries() if entry.what == "backfill"]
    assert entry.who == "Ada"


def test_a_window_that_was_judged_stays_as_it_is(shop: Path, opened: Callable[[Path], App], capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(command(shop)) == 0
    app = opened(shop)
    before = app.store.snapshot().id
    capsys.readouterr()
    assert outcome(command(shop, last="2026-03-03")) == 0
    days = json.loads(capsys.readouterr().out)
    assert [(day["judged"], day["now_held"]) for day in days] == [("before", 1), ("before", 1), ("now", 1)]
    assert published(app) == ["a2", "a3", "b2", "c2"]
    assert int(app.store.snapshot().id) == int(before) + 2  # two runs of the third day
    assert list(app.run(app.pending_arrivals())) == []


def test_the_news_name_the_rule_of_the_present_suite_that_holds_the_rows(shop: Path, opened: Callable[[Path], App]) -> None:
    app = opened(shop)
    (before,) = news_of(app.config, app.store, app.now() - timedelta(days=1), app.now())
    assert "orders-2026-03-03.csv is held, because note" in render(before.message)
    assert outcome(command(shop, last="2026-03-03")) == 0
    app = opened(shop)
    (news,) = news_of(app.config, app.store, app.now() - timedelta(days=1), app.now())
    assert "orders-2026-03-03.csv is held, because price" in render(news.message)
    assert (news.rule, news.held) == ("expect_column_values_to_be_between:price", 1)


def test_a_suite_that_changes_back_releases_what_it_held(shop: Path, url: str, opened: Callable[[Path], App]) -> None:
    assert outcome(command(shop)) == 0
    shop.write_text(shop.read_text().replace(RULE, ""))
    assert outcome(command(shop)) == 0
    assert published(opened(shop)) == ["a1", "a2", "a3", "b1", "b2", "c1"]


def test_a_suite_that_comes_back_twice_holds_again_what_the_one_between_released(shop: Path, url: str, opened: Callable[[Path], App]) -> None:
    judging = shop.read_text()
    for text, ids in ((judging, ["a2", "a3", "b2", "c1"]), (CONFIG.format(url=url), ["a1", "a2", "b1", "b2", "c1"]), (judging, ["a2", "b2", "c1"])):
        shop.write_text(text)
        assert outcome(command(shop)) == 0
        assert set(ids) <= set(published(opened(shop)))
    assert not {"a1", "b1"} & set(published(opened(shop)))


def test_another_version_and_a_window_that_ends_first_are_refused(shop: Path, opened: Callable[[Path], App], capsys: pytest.CaptureFixture[str]) -> None:
    version = suite_version(opened(shop), "orders")
    assert outcome(command(shop, "--suite", "0" * 16)) == 2
    assert f"has version {version}, not 0000000000000000" in capsys.readouterr().err
    assert outcome(command(shop, first="2026-03-05")) == 2
    assert outcome(command(shop, first="March 5")) == 2
    assert outcome(command(shop, "--suite", version[:6])) == 0


@pytest.mark.parametrize("moment", ["staged", "intent", "clean", "published"])
def test_a_backfill_that_was_killed_goes_on_where_it_ended(shop: Path, moment: str, opened: Callable[[Path], App]) -> None:
    Started(outcome, command(shop), kill_at=moment).expect(-signal.SIGKILL)
    assert outcome(command(shop)) == 0
    app = opened(shop)
    assert published(app) == ["a2", "a3", "b2", "c1"]
    assert sum(run.kind == "recheck" for run in app.store.runs.published("orders", app.store.runs.newest())) == 2
