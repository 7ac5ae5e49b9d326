"""The recommender page: the comparison, the cost curve, and requests."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
from safetensors.numpy import save
from streamlit.testing.v1 import AppTest

from dashboard.widgets import comparison, cost_curve
from dashboard.widgets.formatting import NOTHING
from dashboard.widgets.model_form import form_sentence
from sluice.domain import Artifact, Comparison, Cost, Curve, MetricDifference, Probe, PromotionPolicy, Proposal, TuningResult, TuningTrial
from sluice.messages import render
from sluice.rules import promote

EQUAL = MetricDifference(400, 0.1, 0.102, 0.02, -0.05, 0.09)
WORSE = MetricDifference(80, 0.2, 0.1, -0.5, -0.8, -0.2)
SMALL_SEGMENT = MetricDifference(5, 0.2, 0.1, -0.5, -1.0, 0.4)
COMPARISON = Comparison(EQUAL, EQUAL, {"new users": SMALL_SEGMENT, "tail items": WORSE, "heavy users": MetricDifference(3, 0, 0)}, EQUAL, 4.2, 900, same=True)


def card(comparison: Comparison, **more: object) -> dict[str, Any]:
    promotion = promote(comparison, PromotionPolicy())
    checks = [{"name": check.name, "passed": check.passed, "message": check.message.to_json()} for check in promotion.checks]
    return {"comparison": asdict(comparison), "checks": checks, "reason": promotion.reason.to_json(), "serving": {"ndcg@20": 0.1}, **more}


def calibrated(now: str = "e13000000000") -> Artifact:
    curve = Curve("events", (50.0, 100.0), (Cost(0.2, 0.1, 0.3), Cost(0.0, 0.0, 0.02)))
    probes = [Probe("crawler", 0.2, 50.0, False, 0.2, 0.1, 0.3, 0.25), Probe("wrong_user", 0.1, 100.0, True, 0.06, 0.04, 0.08, 0.06)]
    proposal = Proposal(0.02, 95.0, 95.0, Cost(0.02, 0.01, 0.04), (("wrong_user", 0.1),))
    fields = {"curve": asdict(curve), "probes": [asdict(probe) for probe in probes], "proposal": asdict(proposal), "batches": [now]}
    return Artifact(save({}), fields)


def button(app: AppTest, label: str) -> Any:
    return next(widget for widget in app.button if widget.label == label)


def texts(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.caption) for element in kind)


def test_each_change_is_drawn_with_its_interval_and_what_came_of_it() -> None:
    rows = comparison.differences(card(COMPARISON))
    assert [(row["name"], row["state"], row["low"]) for row in rows] == [
        ("all users", "Passed", -0.05),
        ("new users", "Too few users", -1.0),
        ("long-tail items", "Failed", -0.8),
        ("all users, newest events", "Not decisive", -0.05),
    ]
    marks = [layer["mark"]["type"] for layer in comparison.forest_plot(rows).to_dict()["layer"]]
    assert marks == ["rule", "rule", "point"]


@pytest.mark.parametrize("malformed", [{}, {"comparison": None}, {"comparison": {"trusted": {"change": "much"}}, "checks": "none"}])
def test_a_card_that_tells_something_else_breaks_nothing(malformed: dict[str, object]) -> None:
    assert comparison.differences(malformed) == []


def test_the_champion_and_its_challenger_show_their_checks(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = card(replace(COMPARISON, segments={}), rules={"events": "abc123"})
    own.store.models.save("recommender", Artifact(save({}), passed), "champion", at=own.config.clock)
    own.store.models.save("recommender", Artifact(save({}), card(COMPARISON)), "rejected", at=own.config.clock)
    app = own.page("recommender", monkeypatch)
    assert not app.exception
    tables = [table.value for table in app.dataframe if "Check" in table.value.columns]
    assert len(tables) == 2
    assert dict(zip(tables[1]["Check"], tables[1]["Result"], strict=True))["long-tail items"] == "Failed"
    assert "events abc123" in texts(app)


def test_parts_of_the_users_and_of_the_items_have_a_table_of_their_own(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    serving = {"recall@20": 0.2, "ndcg@20": 0.1, "recall@20 new users": 0.15, "recall@20 tail": 0.05, "coverage@20 tail": 0.9}
    own.store.models.save("recommender", Artifact(save({}), {"serving": serving}), "champion", at=own.config.clock)
    app = own.page("recommender", monkeypatch)
    assert [element.label for element in app.metric] == ["Recall@20", "NDCG@20"]
    (table,) = [table.value for table in app.dataframe if "Segment" in table.value.columns]
    assert list(table["Segment"]) == ["new users", "least popular items"]
    assert list(table["Recall@20"]) == ["0.1500", "0.0500"]
    assert list(table["Coverage@20"]) == [NOTHING, "0.9000"]


def test_the_curve_and_what_follows_from_it(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = own.page("recommender", monkeypatch)
    assert "sluice cost-curve" in [element.value for element in before.code]
    own.store.models.save("calibration", calibrated(), "champion", at=own.config.clock)
    app = own.page("recommender", monkeypatch)
    assert not app.exception
    assert "to **95**" in texts(app)
    assert "wrong\\_user (10.0%)" in texts(app)
    run = own.page("runs", monkeypatch, run="e14000000000")
    assert "Training on this batch would cost about 0.0% of Recall@20 (0.0% to 2.0%)." in texts(run)
    assert "would cost" not in texts(own.page("runs", monkeypatch, run="c14000000000"))
    assert "would cost" in texts(own.page("today", monkeypatch, today_dataset="events"))


def test_the_curve_is_a_line_in_a_band_with_what_was_measured() -> None:
    artifact = calibrated()
    curve = Curve.of(artifact.card)
    assert curve is not None
    marks = [layer["mark"]["type"] for layer in cost_curve.cost_chart(curve, artifact.card, 90).to_dict()["layer"]]
    assert marks == ["area", "line", "point", "rule"]
    assert cost_curve.measurements({}) == []


def test_a_rollback_is_requested(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("recommender", monkeypatch)
    app.text_input(key="signature_by").input("Ann")
    app.text_input(key="signature_note").input("it sells less")
    button(app, "Roll back").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.id != "r1"]
    assert (request.kind, request.model, request.by) == ("rollback", "recommender", "Ann")


def test_an_override_is_requested_with_name_reason_and_end(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    app = own.page("recommender", monkeypatch)
    app.selectbox(key="override_hours en").select(24)
    button(app, "Open the gate").click().run()
    assert [element.value for element in app.warning] == ["Enter your name and a reason first: both are stored with the override."]
    app.text_input(key="signature_by").input("Ann")
    app.text_input(key="signature_note").input("the sale starts")
    button(app, "Open the gate").click().run()
    (request,) = [request for request in own.store.requests.pending("events") if request.id != "r1"]
    assert (request.kind, request.dataset, request.note) == ("override", "events", "the sale starts")
    assert request.until == own.config.clock + timedelta(days=1)


def test_all_that_decides_on_a_challenger_is_known_in_chinese() -> None:
    fine = promote(
        replace(COMPARISON, segments={"tail items": replace(EQUAL, low=0.01, high=0.03)}, trusted=replace(EQUAL, low=0.015, high=0.03)), PromotionPolicy()
    )
    bad = promote(replace(COMPARISON, same=False, trusted=replace(EQUAL, low=-0.011, high=0.001, change=-0.005)), PromotionPolicy())
    first = promote(Comparison(None, None, {}, None, 1, 1, same=True), PromotionPolicy())
    messages = [check.message for promotion in (promote(COMPARISON, PromotionPolicy()), fine, bad, first) for check in promotion.checks]
    assert [message for message in messages if render(message, "zh") == render(message)] == []
    assert not any(word in render(message, "zh") for message in messages for word in ("champion", "interval", "may ", "users"))


@pytest.mark.parametrize(("after", "confirmed", "sentence"), [(0.2, True, "Its values: **two"), (0.1, False, "no better than chance")])
def test_trials_of_the_newest_tuning_are_shown(own: Any, monkeypatch: pytest.MonkeyPatch, after: float, confirmed: bool, sentence: str) -> None:
    values = [{"epochs": 8, "two_tower.dropout": dropout} for dropout in (0.2, 0.1, 0.4)]
    trials = tuple(TuningTrial(number, one, "pruned" if number == 2 else "complete", 0.1 + number / 100, 3.0) for number, one in enumerate(values))
    result = TuningResult(trials, 0, 1, 0.1, after, (40, 41), confirmed)
    before = own.page("recommender", monkeypatch)
    own.store.models.save("recommender", Artifact(save({}), {"serving": {}}), "champion", at=own.config.clock)
    own.store.models.save("tuning", Artifact(save({}), result.to_card()), "champion", at=own.config.clock)
    app = own.page("recommender", monkeypatch)
    assert not before.exception and not app.exception
    assert sentence in texts(app)
    (table,) = [table.value for table in app.dataframe if "Trial" in table.value.columns]
    assert list(table["Trial"]) == [1, 0, 2]
    assert list(table["State"]) == ["Complete", "Complete", "Ended early"]


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (
            {"form": "int8", "requested": "int8", "lost": {"recall@20": 0.002, "ndcg@20": -0.001}},
            "Stored as int8: 1.00 MiB instead of 4.00. On",
        ),
        ({"form": "none", "requested": "pruned", "lost": {"recall@20": 0.04, "ndcg@20": 0.05}}, "As pruned it loses more on validation data"),
        ({"form": "none", "requested": "none", "lost": {}}, "Stored plain: 4.00 MiB."),
        ({}, ""),
    ],
)
def test_the_form_of_a_model_is_said(size: dict[str, object], sentence: str) -> None:
    assert sentence in form_sentence({"size": {**size, "bytes": 2**20, "plain": 4 * 2**20}})
    assert form_sentence({}) == form_sentence({"size": {"compact": True, "bytes": 3}}) == ""


def test_what_each_augmentation_gave_is_shown(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = [{"kind": "crop", "gave": 0.0123, "kept": True}, {"kind": "mask", "gave": -0.004, "kept": False}]
    own.store.models.save("recommender", Artifact(save({}), {"augmentation": {"kinds": kinds}}), "champion", at=own.config.clock)
    app = own.page("recommender", monkeypatch)
    assert not app.exception
    (table,) = [table.value for table in app.dataframe if "Learned with" in table.value.columns]
    assert list(table["Kind"]) == ["crop", "mask"]
    assert list(table["Gain in NDCG@20"]) == ["+0.0123", "-0.0040"]
    assert list(table["Learned with"]) == ["yes", NOTHING]
