"""How familiar the steps of a batch are, item by item, beside what is usual."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from checks.checker import Checker
from sluice.config import SettingsError, Step
from sluice.domain import RUN, Schema, Verdict
from sluice.messages import render
from sluice.rules import count, score

DAY = datetime(2026, 3, 10, tzinfo=UTC)
NAME, LOG = "expect_transition_overlap_to_match_history", {"user": "user_id", "item": "item_id", "time": "ts"}
ITEMS, USERS = 60, 150


def walks(day: int, *, wrong: float = 0.0, crawler: bool = False, pushed: bool = False) -> dict[str, list[object]]:
    """People who walk from an item to one of its four neighbours, nine times in ten."""
    rng = np.random.default_rng(day)
    events: list[tuple[str, str, datetime]] = []
    begin = DAY - timedelta(days=20 - day)
    for user in range(USERS):
        item = int(rng.integers(ITEMS))
        for step in range(6):
            logged = int(rng.integers(ITEMS)) if rng.random() < wrong else item
            events.append((f"u{user}", f"i{logged}", begin + timedelta(seconds=60 * user + step)))
            item = (item + int(rng.integers(1, 5))) % ITEMS if rng.random() < 0.9 else int(rng.integers(ITEMS))
    events += [("bot", f"i{(7 * step) % ITEMS}", begin + timedelta(hours=5, seconds=step)) for step in range(150)] if crawler else []
    events += [("farm", f"i{[3, 50][step % 2]}", begin + timedelta(hours=5, seconds=step)) for step in range(150)] if pushed else []
    return {"user_id": [user for user, _, _ in events], "item_id": [item for _, item, _ in events], "ts": [at for *_, at in events]}


@pytest.fixture
def judged(schema: Schema, make_batch: Any, make_snapshot: Any, make_run: Any) -> Any:
    def judge(days: int = 8, settings: dict[str, object] | None = None, **spoilt: Any) -> Verdict:
        history = [(make_run(DAY - timedelta(days=20 - day), 900, good=900), walks(day)) for day in range(days)]
        snapshot = make_snapshot([run for run, _ in history], **{name: [cell for _, cells in history for cell in cells[name]] for name in walks(0)})
        names = [run.id for run, cells in history for _ in cells["ts"]]
        if "events" in snapshot.tables:
            snapshot.tables["events"] = snapshot.tables["events"].with_columns(pl.Series(RUN, names, dtype=pl.String))
        batch = make_batch(at=DAY - timedelta(days=10), **walks(10, **spoilt))
        (verdict,) = Checker.build(schema, [Step(name=NAME, settings={**LOG, **(settings or {})})]).judge(batch, snapshot)
        return verdict

    return judge


def test_a_day_like_the_others_passes(judged: Any) -> None:
    verdict = judged()
    assert (verdict.status, verdict.dimension, verdict.severity) == ("passed", "consistency", "critical")
    assert verdict.rows == ITEMS
    assert verdict.failed <= 2


def test_the_more_ids_are_wrong_the_lower_it_scores(judged: Any) -> None:
    scores = [score([count(judged(wrong=share))]).value or 0.0 for share in (0, 0.05, 0.1, 0.2, 0.4)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 95 > 90 > scores[2]
    assert judged(wrong=0.2).status == "failed"


def test_what_spoils_all_items_weighs_more_than_what_pushes_a_few(judged: Any) -> None:
    crawled, pushed = judged(crawler=True), judged(pushed=True)
    assert crawled.status == "failed"
    assert pushed.status == "passed"
    assert crawled.failed > 3 * pushed.failed


def test_it_waits_for_history(judged: Any) -> None:
    verdict = judged(days=3)
    assert (verdict.status, render(verdict.observed)) == ("skipped", "waits for 2 more batches")
    assert judged(days=0).status == "skipped"


def test_the_tolerance_decides(judged: Any) -> None:
    assert judged(wrong=0.1).status == "failed"
    assert judged(wrong=0.1, settings={"tolerance": 0.5}).status == "passed"


@pytest.mark.parametrize("settings", [{"tolerance": 2}, {"baseline_batches": 0}, {"min_batches": 1}])
def test_settings_that_make_no_sense_are_refused(judged: Any, settings: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=r"share|at least"):
        judged(settings=settings)
