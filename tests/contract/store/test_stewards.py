"""What people do with held rows and with repairs: each row stays in exactly one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from sluice import rules
from sluice.domain import OTHER, REASONS, REPAIRS, REPEATS, ROW, STATE, Decision, Message, Override, Request, Status, Verdict
from sluice.errors import Fenced, LeaseHeld, UsageError
from sluice.messages import render


def ask(shop: Any, kind: str = "release", **facts: Any) -> Request:
    facts = {"id": "q1", "dataset": "events", "by": "Ada", "note": "looked at them", "at": shop.now, "rows": ("b1.1",), **facts}
    return shop.store.requests.submit(Request(kind=kind, **facts))  # type: ignore[no-any-return,arg-type]  # any shop, and kinds that are none


def repair(row: str, step: int = 0, *, applied: bool = True) -> dict[str, Any]:
    return {
        "repair_id": f"{row}/price/{step}",
        ROW: row,
        "column": "price",
        "old": "1,0",
        "new": "1.0",
        "cleaner": "parse",
        "confidence": 1.0,
        "applied": applied,
        "message": "",
    }


def test_released_rows_are_published_by_the_run_that_released_them(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1", "b1.2"])
    request = ask(shop)
    shop.publish(f"release-{request.id}", ["b1.1"], kind="release")
    assert (shop.clean(), shop.held()) == (["b1.0", "b1.1"], ["b1.2"])
    rows = shop.store.snapshot().published("events").filter(pl.col(ROW) == "b1.1").collect()
    assert rows["_run_id"].item() == "release-q1"


def test_rows_that_stay_held_keep_one_copy_with_their_newest_reasons(shop: Any) -> None:
    shop.publish("b1", [], ["b1.0", "b1.1"])
    shop.publish("replay-1", ["b1.0"], ["b1.1"], kind="replay", rule="unique:id")
    held = shop.store.quarantine.held("events")
    assert held[ROW].to_list() == ["b1.1"]
    assert held[REASONS].list.first().struct.field("name").to_list() == ["unique:id"]
    assert shop.store.snapshot().quarantine("events").collect()[ROW].sort().to_list() == ["b1.0", "b1.1"]


def test_a_replay_that_changes_no_reason_rewrites_nothing(shop: Any) -> None:
    first = shop.publish("b1", [], ["b1.0"])
    again = shop.publish("replay-1", [], ["b1.0"], kind="replay")
    assert again.versions["quarantine"] == first.versions["quarantine"]


def test_held_rows_are_found_by_their_only_reason(shop: Any) -> None:
    shop.publish("b1", [], ["b1.0"])
    shop.publish("b2", [], ["b2.0"], rule="unique:id")
    assert shop.store.quarantine.held("events", rule="unique:id")[ROW].to_list() == ["b2.0"]
    assert shop.store.quarantine.held("events", rows=["b1.0", "nowhere"])[ROW].to_list() == ["b1.0"]
    assert shop.store.quarantine.held("events", rule="another").is_empty()
    assert shop.store.quarantine.held("catalog").is_empty()
    assert shop.store.quarantine.held("events", rows=["b1.0"], columns=[]).to_dict(as_series=False) == {ROW: ["b1.0"]}
    assert shop.store.quarantine.held("events", columns=[REASONS]).columns == [ROW, REASONS]


def test_a_decision_leaves_out_rows_that_a_later_run_held(shop: Any) -> None:
    shop.publish("b1", [], ["b1.0"])
    decided = shop.store.runs.of("events")[-1].finished
    assert shop.store.quarantine.held("events", until=decided)[ROW].to_list() == ["b1.0"]
    assert shop.store.quarantine.held("events", until=decided - timedelta(seconds=1)).is_empty()


def test_rejected_rows_are_held_no_more_and_never_published(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1", "b1.2"])
    request = ask(shop, "reject")
    with shop.store.lease("events") as lease:
        shop.store.quarantine.reject(lease, request, ["b1.1"])
        shop.store.quarantine.reject(lease, request, ["b1.1"])
    assert (shop.clean(), shop.held()) == (["b1.0"], ["b1.2"])
    assert shop.store.activity.entries()[0].what == "reject"


def test_only_the_holder_of_the_lease_rejects(shop: Any) -> None:
    shop.publish("b1", [], ["b1.1"])
    with shop.store.lease("events") as former:
        pass
    with shop.store.lease("events"), pytest.raises(Fenced):
        shop.store.quarantine.reject(former, ask(shop, "reject"), ["b1.1"])
    assert shop.held() == ["b1.1"]


def test_an_undo_replaces_good_rows_and_holds_bad_ones_again(shop: Any) -> None:
    repairs = pl.DataFrame([repair("b1.0"), repair("b1.1"), repair("b1.2", applied=False)], schema=REPAIRS)
    shop.publish("b1", ["b1.0", "b1.1", "b1.2"], repairs=repairs)
    assert sorted(shop.store.quarantine.repairs("events")["repair_id"]) == ["b1.0/price/0", "b1.1/price/0"]
    shop.publish("undo-1", ["b1.0"], ["b1.1"], kind="undo", price=7.0, repairs=repairs[:2])
    assert (shop.clean(), shop.held()) == (["b1.0", "b1.2"], ["b1.1"])
    assert shop.store.snapshot().published("events").filter(pl.col(ROW) == "b1.0").collect()["price"].item() == 7.0
    assert shop.store.quarantine.repairs("events").is_empty()
    assert shop.clean(snapshot="1") == ["b1.0", "b1.1", "b1.2"]


def test_a_mapping_of_values_replaces_good_rows_holds_bad_ones_and_records_its_repairs(shop: Any) -> None:
    shop.publish("b1", ["b1.0", "b1.1", "b1.2"], ["b1.3"])
    shop.publish("release-q1", ["b1.3"], kind="release")
    repairs = pl.DataFrame([repair("b1.0"), repair("b1.3")], schema=REPAIRS)
    shop.publish("map-q1", ["b1.0"], ["b1.3"], kind="map_values", price=7.0, repairs=repairs)
    assert (shop.clean(), shop.held()) == (["b1.0", "b1.1", "b1.2"], ["b1.3"])
    assert shop.store.snapshot().published("events").filter(pl.col(ROW) == "b1.0").collect()["price"].item() == 7.0
    assert sorted(shop.store.quarantine.repairs("events")["repair_id"]) == ["b1.0/price/0", "b1.3/price/0"]
    assert shop.clean(snapshot="2") == ["b1.0", "b1.1", "b1.2", "b1.3"]


def test_a_released_row_whose_repair_is_undone_is_held_again(shop: Any) -> None:
    repairs = pl.DataFrame([repair("b1.0")], schema=REPAIRS)
    shop.publish("b1", [], ["b1.0"], repairs=repairs)
    shop.publish("release-1", ["b1.0"], kind="release")
    shop.publish("undo-1", [], ["b1.0"], kind="undo", repairs=repairs)
    assert (shop.clean(), shop.held()) == ([], ["b1.0"])
    shop.publish("release-2", ["b1.0"], kind="release")
    assert (shop.clean(), shop.held()) == (["b1.0"], [])


def test_an_undone_release_holds_its_rows_again_and_its_batch_counts_as_before(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1", "b1.2"])
    shop.publish("release-q1", ["b1.1"], kind="release")
    shop.publish("release-q2", ["b1.2"], kind="release")
    undone = shop.publish("undo-release-q1", [], ["b1.1"], kind="undo_release", verdicts=[])
    assert (shop.clean(), shop.held()) == (["b1.0", "b1.2"], ["b1.1"])
    assert (undone.decision, [(revision.good, revision.bad) for revision in undone.revisions]) == ("open", [(2, 1)])
    revised = {run.id: run for run in rules.revised(shop.store.runs.of("events"))}
    assert (revised["b1"].bad, revised["release-q1"].good, revised["release-q2"].good) == (1, 0, 1)
    assert shop.clean(snapshot="3") == ["b1.0", "b1.1", "b1.2"]


def test_repairs_are_found_by_their_ids(shop: Any) -> None:
    assert shop.store.quarantine.repairs("events").schema == {**REPAIRS, "_run_id": pl.String}
    shop.publish("b1", ["b1.0", "b1.1"], repairs=pl.DataFrame([repair("b1.0"), repair("b1.1")], schema=REPAIRS))
    assert shop.store.quarantine.repairs("events", ids=["b1.1/price/0", "none"])[ROW].to_list() == ["b1.1"]


def test_a_row_of_an_older_snapshot_does_not_push_a_newer_one_out(shop: Any) -> None:
    shop.publish("c1", ["c1.a"], ["c1.b", "c1.z"], dataset="catalog")
    shop.publish("c2", ["c2.b"], dataset="catalog")
    shop.publish("release-1", ["c1.b", "c1.z"], kind="release", dataset="catalog")
    assert shop.clean("catalog") == ["c1.z", "c2.b"]
    assert shop.held("catalog") == []


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"by": " "}, "name"),
        ({"kind": "override", "note": ""}, "reason"),
        ({"dataset": "nowhere"}, "no dataset nowhere"),
        ({"rows": ()}, "rows or a rule"),
        ({"kind": "undo", "rows": ()}, "repairs"),
        ({"kind": "rollback", "rows": ()}, "name a model"),
        ({"kind": "refit", "rows": (), "model": ""}, "name a model"),
        ({"kind": "override", "rows": ()}, "until when"),
        ({"kind": "override", "rows": (), "dataset": "nobody", "until": None}, "no dataset nobody"),
        ({"kind": "burn"}, "nobody can ask"),
    ],
)
def test_a_request_says_who_why_and_what(shop: Any, facts: dict[str, Any], wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        ask(shop, **facts)
    assert shop.store.requests.all() == []


def test_a_request_is_pending_until_it_is_answered_once(shop: Any) -> None:
    first, second = ask(shop, id="q1"), ask(shop, id="q0", at=shop.now + timedelta(seconds=1))
    assert [request.id for request in shop.store.requests.pending("events")] == [first.id, second.id]
    shop.store.requests.finish(first, done=True, answer=Message.of("rows_rejected", rows=1))
    shop.store.requests.finish(first, done=False, answer=Message.text("too late"))
    assert [request.id for request in shop.store.requests.pending("events")] == [second.id]
    assert shop.store.requests.all("events")[1].answer == Message.of("rows_rejected", rows=1)
    assert shop.store.requests.pending("catalog") == []


def test_a_request_about_a_model_names_it_wherever_it_is_told(shop: Any) -> None:
    ask(shop, "rollback", rows=(), model="events.autoencoder", dataset="events")
    (stored,) = shop.store.requests.pending("events")
    assert (stored.kind, stored.model) == ("rollback", "events.autoencoder")
    assert [(entry.what, str(entry.subject)) for entry in shop.store.activity.entries()] == [("ask to rollback", "events.autoencoder")]


def test_an_override_is_in_force_until_it_expires(shop: Any) -> None:
    start = shop.now
    override = Override("events", "Ada", "the supplier was called", start, start + timedelta(hours=1))
    shop.store.decisions.override_gate(override)
    assert shop.store.decisions.override("events", start) == override
    assert shop.store.decisions.override("events", start + timedelta(hours=1)) is None
    assert shop.store.decisions.override("catalog", start) is None
    decision = Decision("events", "open", (Message.text("set aside"),), start, "3", ("b1",), override)
    shop.store.decisions.record(decision, by="schedule")
    shop.store.decisions.record(Decision("events", "closed", (Message.text("stale"),), start), by="Ada")
    assert [decision.state for decision in shop.store.decisions.all("events")] == ["closed", "open"]
    assert shop.store.decisions.all("events")[1] == decision


@pytest.mark.parametrize(("by", "reason", "hours"), [(" ", "why", 1), ("Ada", "", 1), ("Ada", "why", 0)])
def test_an_override_needs_a_name_a_reason_and_an_end(shop: Any, by: str, reason: str, hours: int) -> None:
    start = shop.now
    with pytest.raises(UsageError, match="override"):
        shop.store.decisions.override_gate(Override("events", by, reason, start, start + timedelta(hours=hours)))


def test_a_request_is_taken_by_one_worker_and_pending_again_unless_it_is_finished(shop: Any) -> None:
    request = ask(shop, id="q1")
    with shop.store.take(request) as first:
        assert first.state == "taken"
        assert first.taken_by
        with pytest.raises(LeaseHeld), shop.reopen().take(request):
            pass
    assert shop.store.requests.get("q1").state == "pending"
    with shop.store.take(request) as taken:
        shop.store.requests.finish(replace(taken, epoch=first.epoch), done=True, answer=Message.text("from a worker that lost it"))
        shop.store.requests.finish(taken, done=True, answer=Message.text("1 row released"))
    answered = shop.store.requests.get("q1")
    assert (answered.state, answered.epoch, str(answered.answer)) == ("done", taken.epoch, "1 row released")
    assert taken.epoch > first.epoch
    with pytest.raises(UsageError, match="answered already"), shop.store.take(request):
        pass


def verdict(rule: str, rows: int, status: Status = "passed") -> Verdict:
    """What a rule says of the rows that were published."""
    return Verdict(rule, "expectation", "completeness", "critical", "quarantine", status, rows=rows, columns=("price",), message=Message.text("has a price"))


def test_a_release_revises_the_run_that_its_rows_arrived_with_and_leaves_its_record(shop: Any) -> None:
    first = shop.publish("b1", ["b1.0", "b1.1"], ["b1.2", "b1.3"], verdicts=[verdict("r", 2)])
    assert (first.decision, first.reasons[0].code) == ("closed", "quarantined_above")
    one = shop.publish("release-r1", ["b1.2"], kind="release", verdicts=[verdict("r", 1)])
    (revision,) = one.revisions
    assert (revision.run, revision.good, revision.bad, revision.decision) == ("b1", 3, 1, "closed")
    both = shop.publish("release-r2", ["b1.3"], kind="release", verdicts=[verdict("r", 1)])
    (revision,) = both.revisions
    assert (revision.good, revision.bad, revision.decision, revision.reasons) == (4, 0, "open", ())
    assert "the batch of run b1 is open now, with 0 rows held" in [render(reason) for reason in both.reasons]
    stored = {run.id: run for run in shop.store.runs.of("events")}
    assert stored["b1"] == replace(first, seq=stored["b1"].seq) and stored["release-r2"].revisions == both.revisions
    assert [run.decision for run in rules.revised(list(stored.values()))] == ["open", "open", "open"]


def test_a_release_of_rows_of_several_batches_revises_each(shop: Any) -> None:
    for batch in ("b1", "b2"):
        shop.publish(batch, [f"{batch}.0"], [f"{batch}.1"], verdicts=[verdict("r", 1)])
    released = shop.publish("release-r1", ["b1.1", "b2.1"], kind="release")
    assert [(revision.run, revision.bad, revision.decision) for revision in released.revisions] == [("b1", 0, "open"), ("b2", 0, "open")]


def test_a_revised_score_counts_the_rows_of_both_times(shop: Any) -> None:
    waiting = verdict("in_catalog", 0, "not_evaluated")
    first = shop.publish("b1", ["b1.0", "b1.1"], ["b1.2"], verdicts=[waiting])
    assert (first.decision, first.published.value) == ("closed", 100.0), "outcomes made by hand carry a score"
    later = shop.publish("replay-1", ["b1.2"], kind="replay", verdicts=[verdict("in_catalog", 1)])
    assert [(revision.published.value, revision.decision) for revision in later.revisions] == [(100.0, "open")]


def recheck(shop: Any, run: str, good: list[str], bad: list[str], *verdicts: Verdict) -> Any:
    """Judge published rows of a run again, as a recheck does."""
    outcome = shop.outcome(f"recheck-{run}", good, bad, kind="recheck", rule="in_catalog", verdicts=list(verdicts))
    with shop.store.lease("events") as lease:
        return shop.store.publish(lease, shop.store.stage(replace(outcome, rechecks=run)))


def test_a_recheck_holds_published_rows_and_revises_the_run_that_published_them(shop: Any) -> None:
    unscored = {"verdicts": [verdict("in_catalog", 0, "not_evaluated"), verdict("r", 5)]}
    first = shop.publish("b1", [f"b1.{n}" for n in range(5)], **unscored)
    again = recheck(shop, "b1", ["b1.0", "b1.1", "b1.2", "b1.3"], ["b1.4"], verdict("in_catalog", 4))
    assert (shop.clean(), shop.held()) == (["b1.0", "b1.1", "b1.2", "b1.3"], ["b1.4"])
    assert set(shop.store.snapshot().published("events").collect()["_run_id"]) == {"b1"}, "rows that pass stay those of their run"
    (revision,) = again.revisions
    assert (revision.run, revision.good, revision.bad, revision.own, revision.published.value, revision.decision) == ("b1", 4, 1, 4, 100.0, "open")
    assert shop.store.runs.get("b1") == first
    assert [(run.good, run.bad, run.decision) for run in rules.revised(shop.store.runs.of("events"))[:1]] == [(4, 1, "open")]


def test_rows_that_a_recheck_held_count_once_when_they_are_released(shop: Any) -> None:
    shop.publish("b1", ["b1.0", "b1.1"], ["b1.2"], verdicts=[verdict("in_catalog", 0, "not_evaluated")])
    recheck(shop, "b1", ["b1.0"], ["b1.1"], verdict("in_catalog", 1))
    later = shop.publish("release-r1", ["b1.1"], kind="release", verdicts=[verdict("r", 1)])
    assert [(revision.good, revision.bad, revision.own) for revision in later.revisions] == [(2, 1, 1)]
    runs = rules.revised(shop.store.runs.of("events"))
    assert sum(run.good for run in runs if run.adds_rows) == len(shop.clean()), "each published row is counted with one run"


def test_a_recheck_of_a_release_revises_the_release_and_the_batch_of_its_rows(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], ["b1.1", "b1.2"], verdicts=[verdict("in_catalog", 0, "not_evaluated")])
    shop.publish("release-r1", ["b1.1", "b1.2"], kind="release", verdicts=[verdict("in_catalog", 0, "not_evaluated")])
    again = recheck(shop, "release-r1", ["b1.1"], ["b1.2"], verdict("in_catalog", 1))
    assert [(revision.run, revision.good, revision.bad) for revision in again.revisions] == [("release-r1", 1, 1), ("b1", 2, 1)]
    assert (shop.clean(), shop.held()) == (["b1.0", "b1.1"], ["b1.2"])


def test_what_a_rule_did_not_judge_is_listed_until_a_recheck_judged_it(shop: Any) -> None:
    shop.publish("b1", ["b1.0"], verdicts=[verdict("in_catalog", 0, "not_evaluated")])
    shop.publish("b2", ["b2.0"], verdicts=[verdict("in_catalog", 1)])
    assert shop.store.unevaluated("events", ["in_catalog"]) == {"b1": (shop.now, frozenset({"in_catalog"}))}
    assert shop.store.unevaluated("events", ["another"]) == shop.store.unevaluated("events", []) == {}
    recheck(shop, "b1", ["b1.0"], [], verdict("in_catalog", 0, "skipped"))
    assert shop.store.unevaluated("events", ["in_catalog"]) == {}, "a rule that had nothing to judge there is settled"


def test_a_batch_revises_the_closed_ones_whose_rows_it_supersedes(shop: Any) -> None:
    shop.publish("b1", ["b1.0", "b1.1"], ["b1.2", "b1.3"], verdicts=[verdict("r", 2)])
    shop.publish("b2", ["b2.0"], verdicts=[verdict("r", 1)])
    replaced = pl.DataFrame({ROW: ["b1.0", "b1.2", "b1.3", "b2.0"], STATE: "superseded", OTHER: ["b3.0", "b3.1", "b3.2", "b3.3"]}, schema=REPEATS)
    outcome = replace(shop.outcome("b3", ["b3.0", "b3.1", "b3.2", "b3.3"], verdicts=[verdict("r", 4)]), replaced=replaced)
    with shop.store.lease("events") as lease:
        correction = shop.store.publish(lease, shop.store.stage(outcome))
    (revision,) = correction.revisions
    assert (revision.run, revision.good, revision.bad, revision.superseded, revision.own, revision.decision) == ("b1", 1, 0, 3, 1, "open")


def test_a_batch_counts_the_held_rows_of_an_open_one_that_it_supersedes_and_leaves_its_decision(shop: Any) -> None:
    first = shop.publish("b1", [f"b1.{row}" for row in range(2, 200)], ["b1.0", "b1.1"])
    replaced = pl.DataFrame({ROW: ["b1.0", "b1.5"], STATE: "superseded", OTHER: ["b2.0", "b2.1"]}, schema=REPEATS)
    outcome = replace(shop.outcome("b2", ["b2.0", "b2.1"]), replaced=replaced)
    with shop.store.lease("events") as lease:
        correction = shop.store.publish(lease, shop.store.stage(outcome))
    (revision,) = correction.revisions
    assert (first.decision, revision.decision, revision.published) == ("open", "open", first.published)
    assert (revision.good, revision.bad, revision.superseded, revision.own) == (198, 1, 1, 198)
