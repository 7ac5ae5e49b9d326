"""Settings of the recommender are tuned from the command line, and written into sluice.yaml where they are better."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.app import App
from sluice.cli.main import outcome
from sluice.cli.tune import advice
from sluice.config import load
from sluice.domain import TuningResult, TuningTrial

Opened = Callable[[Path], App]


def test_a_shop_tunes_its_recommender(shop: Path, opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["tune", "recommender", "--config", str(shop), "--for", "1s", "--by", "Ada", "--format", "json"]
    serving = opened(shop).store.models.versions("recommender")[0]
    before = shop.read_text(encoding="utf-8")
    assert outcome(options) == 0
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert [trial["state"] for trial in answer["trials"]][:1] == ["complete"]
    assert answer["trials"][0]["values"]["epochs"] == load(shop).recommender.epochs  # type: ignore[union-attr]  # the demo has one
    assert "trial 0: complete, NDCG@20" in captured.err
    assert outcome([*options, "--write"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert [trial["number"] for trial in again["trials"]][: len(answer["trials"])] == [trial["number"] for trial in answer["trials"]]
    assert (shop.read_text(encoding="utf-8") == before) == (not again["difference"])
    app = opened(shop)
    (newest, *_) = app.store.models.versions("tuning")
    assert TuningResult.of(newest.card) is not None
    assert app.store.models.versions("recommender")[0] == serving
    assert any(entry.what == "tune" for entry in app.store.activity.entries())


def test_where_a_gate_is_closed_nothing_is_tried(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shop.read_text(encoding="utf-8")
    shop.write_text(text.replace("clock: 2026-03", "clock: 2029-03"), encoding="utf-8")
    assert outcome(["tune", "recommender", "--config", str(shop), "--for", "1s"]) in (1, 3)
    assert "events is" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("after", "confirmed", "sentence"),
    [(0.2, True, "trial 1 is better on the 40 users"), (0.11, False, "trial 1 is no better than chance on the 40 users")],
)
def test_what_was_found_is_said(after: float, confirmed: bool, sentence: str) -> None:
    trials = tuple(TuningTrial(number, {"epochs": 8 + number}, "complete", 0.1 + number, 1.0, "blend") for number in range(2))
    assert advice(TuningResult(trials, 0, 1, 0.1, after, (40, 40), confirmed))[0].startswith(sentence)
    assert advice(TuningResult(trials[:1], 0, 0, 0.1, 0.1, (40, 40), confirmed=False))[0].startswith("no trial is better")
