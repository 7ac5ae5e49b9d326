"""A rejection, an override and a rollback are undone, and only what can be undone is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from safetensors.numpy import save

from sluice.domain import ROW, Artifact, Message, Override, Request, Verdict
from sluice.errors import UsageError
from sluice.rules.undo import inverse_of
from sluice.store.dashboard_queries import all_runs
from sluice.store.undoable import undoable

RULE = "not_null:price"


def spoken(status: str, failed: int = 0) -> Verdict:
    return Verdict(RULE, "expectation", "validity", "critical", "quarantine", status, rows=10, failed=failed, message="a price is named")  # type: ignore[arg-type]  # words of the test


def done(shop: Any, request: Request) -> Request:
    filed: Request = shop.store.requests.submit(request)
    shop.store.requests.finish(filed, done=True, answer=Message.of("rows_rejected", rows=1))
    return filed


def listed(shop: Any) -> list[tuple[str, int]]:
    return [(entry.request.id, entry.rows) for entry in undoable(shop.store, all_runs(shop.store), shop.now)]


def test_rejected_rows_are_held_again_and_their_incident_is_open_again(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1", "b1.2"], verdicts=[spoken("failed", 2)])
    shop.publish("b2", ["b2.0"], verdicts=[spoken("passed")])
    (incident,) = shop.store.incidents.all("events")
    rule = str(shop.store.quarantine.held("events")["_reasons"].to_list()[0][0]["name"])
    assert shop.store.quarantine.holding("events", {rule}) == {rule}
    reject = done(shop, Request("q1", "reject", "events", "Ada", "wrong", shop.now, ("b1.1", "b1.2")))
    with shop.store.lease("events") as lease:
        shop.store.quarantine.reject(lease, reject, reject.rows)
        assert listed(shop) == [("q1", 2)]
        again = Request("q2", "undo_reject", "events", "Bo", "", shop.now, ("q1",))
        assert shop.store.rejections.undo(lease, again) == 2
        with pytest.raises(UsageError, match="no row is rejected by request q1"):
            shop.store.rejections.undo(lease, again)
    assert set(shop.store.quarantine.held("events")[ROW]) == {"b1.1", "b1.2"}
    assert listed(shop) == []
    assert shop.store.activity.entries()[0].what == "undo_reject"
    assert incident.rule == RULE


def test_an_incident_whose_rule_holds_rows_again_is_opened_again(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1"], verdicts=[spoken("failed", 1)])
    shop.publish("b2", ["b2.0"], verdicts=[spoken("passed")])
    (incident,) = shop.store.incidents.all("events")
    reject = done(shop, Request("q1", "reject", "events", "Ada", "wrong", shop.now, ("b1.1",)))
    with shop.store.lease("events") as lease:
        shop.store.quarantine.reject(lease, reject, reject.rows)
        assert shop.store.incidents.get(incident.id).state == "resolved"
        shop.store.incidents.reopen_held("events")
        assert shop.store.incidents.get(incident.id).state == "resolved"
        shop.store.rejections.undo(lease, Request("q2", "undo_reject", "events", "Bo", "", shop.now, ("q1",)))
    shop.store.incidents.reopen_held("events")
    assert shop.store.incidents.get(incident.id).state == "open"


def test_an_override_ends(shop: Any) -> None:
    until = shop.now + timedelta(hours=5)
    done(shop, Request("q1", "override", "events", "Ada", "sale", shop.now, until=until))
    shop.store.decisions.override_gate(Override("events", "Ada", "sale", shop.now, until))
    assert listed(shop) == [("q1", 0)]
    shop.store.decisions.end_override("events", by="Bo", reason="", at=shop.now + timedelta(minutes=1))
    assert shop.store.decisions.override("events", shop.now + timedelta(minutes=2)) is None
    with pytest.raises(UsageError, match="no override"):
        shop.store.decisions.end_override("events", by="Bo", reason="", at=shop.now + timedelta(minutes=2))


def test_the_version_that_was_rolled_back_serves_again(shop: Any) -> None:
    for _ in range(2):
        shop.store.models.save("recommender", Artifact(save({}), {}), "champion", at=shop.now)
    with pytest.raises(UsageError, match="no rollback"):
        shop.store.models.undo_rollback("recommender", by="Bo", reason="", at=shop.now)
    done(shop, Request("q1", "rollback", "events", "Ada", "", shop.now, model="recommender"))
    assert shop.store.models.rollback("recommender", by="Ada", reason="", at=shop.now).version == 1
    assert listed(shop) == [("q1", 0)]
    assert shop.store.models.undo_rollback("recommender", by="Bo", reason="", at=shop.now).version == 2
    assert [model.state for model in shop.store.models.versions("recommender")] == ["champion", "retired"]
    assert listed(shop) == []


def test_what_was_refused_or_has_no_inverse_cannot_be_undone(shop: Any) -> None:
    request = Request("q1", "reject", "events", "Ada", "", shop.now, ("b1.0",))
    refusals = [inverse_of(request), inverse_of(Request("q2", "retrain", "events", "Ada", "", shop.now, state="done"))]
    assert [refusal.code for refusal in refusals if isinstance(refusal, Message)] == ["undo_not_done", "undo_no_way"]


def test_rows_of_an_older_table_stay_rejected(shop: Any) -> None:
    shop.publish("c1", ["c1.0"], ["c1.1"], dataset="catalog")
    reject = done(shop, Request("q1", "reject", "catalog", "Ada", "", shop.now, ("c1.1",)))
    with shop.store.lease("catalog") as lease:
        shop.store.quarantine.reject(lease, reject, reject.rows)
    assert listed(shop) == [("q1", 1)]
    newer = shop.outcome("c2", ["c2.0"], dataset="catalog")
    later = replace(newer.split.good, at=shop.now + timedelta(days=1))
    with shop.store.lease("catalog") as lease:
        shop.store.publish(lease, shop.store.stage(replace(newer, split=replace(newer.split, good=later))))
        assert listed(shop) == []
        with pytest.raises(UsageError, match="the rejected row is of an older table than the published one"):
            shop.store.rejections.undo(lease, Request("q2", "undo_reject", "catalog", "Bo", "", shop.now, ("q1",)))
    assert shop.held("catalog") == []
