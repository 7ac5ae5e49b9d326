"""What dirt costs a small shop, from the command line to the record of a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sluice.app import App
from sluice.app.cost_curve import measure_cost_curve, newest_cost_curve
from sluice.cli.main import outcome
from sluice.cli.run import summary
from sluice.domain import Message
from sluice.errors import ModelError, UsageError

Opened = Callable[[Path], App]


def silent(what: Message, done: int, total: int | None) -> None:
    """Nobody watches."""


def test_a_shop_learns_what_dirt_costs_and_tells_it_of_each_batch(shop: Path, opened: Opened, capsys: pytest.CaptureFixture[str]) -> None:
    app = opened(shop)
    before = app.store.snapshot().id
    rows = app.store.snapshot().published("events").collect().height
    options = [
        "--config",
        str(shop),
        "--kinds",
        "wrong_user,click_farm",
        "--rates",
        "40%",
        "--batches",
        "2",
        "--max-recall-loss",
        "5%",
        "--by",
        "Ada",
        "--format",
        "json",
    ]
    assert outcome(["cost-curve", *options]) == 0
    probes = json.loads(capsys.readouterr().out)
    assert [(probe["kind"], probe["rate"]) for probe in probes] == [("nothing", 0), ("wrong_user", 0.4), ("click_farm", 0.4)]
    assert probes[0]["cost"] == 0
    assert probes[1]["raw"] > 0
    curve = newest_cost_curve(app)
    assert curve is not None and curve.dataset == "events"
    assert app.store.snapshot(before).published("events").collect().height == app.store.snapshot().published("events").collect().height == rows
    lines = [summary(run, curve) for run in app.store.runs.of("events") if run.kind == "ingest" and run.state == "published"]
    assert all(isinstance(line["costs"], float) for line in lines)
    assert summary(app.store.runs.of("catalog")[0], curve)["costs"] is None


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--max-recall-loss", "much"], "--max-recall-loss: 'much' is no share"),
        (["--rates", "5%,200%"], "--rates: '200%' is no share"),
        (["--kinds", "crawls"], "no kind of fault is called 'crawls'; did you mean crawler?"),
        (["--kinds", "graffiti"], "no kind of fault is called 'graffiti'; known: burst, click_farm, clock_skew"),
    ],
)
def test_wrong_options_are_told(shop: Path, capsys: pytest.CaptureFixture[str], options: list[str], why: str) -> None:
    assert outcome(["cost-curve", "--config", str(shop), *options]) == 2
    assert capsys.readouterr().err.startswith(f"sluice: {why}")


def test_without_accepted_batches_or_a_recommender_it_says_so(shop: Path, opened: Opened) -> None:
    calibrate: Any = lambda: measure_cost_curve(opened(shop), max_recall_loss=0.05, rates=[0.3], batches=1, by="Ada", progress=silent)  # noqa: E731  # as short as it is
    text = shop.read_text(encoding="utf-8")
    shop.write_text(text.replace("clock: 2026-03", "clock: 2029-03"), encoding="utf-8")
    with pytest.raises(ModelError, match="nothing to measure costs on"):
        calibrate()
    shop.write_text(text[: text.index("recommender:")], encoding="utf-8")
    with pytest.raises(UsageError, match="configures no `recommender`"):
        calibrate()
