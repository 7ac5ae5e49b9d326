"""The decisions: each a pure function, each with the invariant that it must never break."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice import rules
from sluice.domain import (
    FLAGS,
    RAW,
    RAW_TYPE,
    REASONS,
    REPAIRS,
    ROW,
    Arrival,
    Batch,
    Column,
    Decision,
    GatePolicy,
    Message,
    OnFail,
    Override,
    Run,
    Schema,
    Score,
    Severity,
    Status,
    Verdict,
)
from sluice.messages import render

NOW = datetime(2026, 3, 15, tzinfo=UTC)
LOW = Message.of("worst_dimension_below", dimension="validity", value=80.0, limit=90)
DAY = timedelta(days=1)


def batch(height: int = 4) -> Batch:
    rows = pl.DataFrame({ROW: [f"b.{n}" for n in range(height)], "x": list(range(height))}, schema={ROW: pl.String, "x": pl.Int64})
    return Batch("d", "b", rows, NOW)


def verdict(
    mask: list[bool | None] | None,
    on_fail: OnFail = "quarantine",
    status: Status = "failed",
    *,
    rule: str = "r",
    severity: Severity = "critical",
    dimension: str = "validity",
    failed: int | None = None,
) -> Verdict:
    failing = None if mask is None else pl.Series(mask, dtype=pl.Boolean)
    lost = failed if failed is not None else sum(bool(flag) for flag in mask or [])
    return Verdict(rule, "expectation", dimension, severity, on_fail, status, failing, len(mask or []), lost, ("x",), "x is good")  # type: ignore[arg-type]  # generated


@given(st.lists(st.lists(st.sampled_from([True, False, None]), min_size=6, max_size=6), max_size=4), st.sampled_from(["quarantine", "repair", "flag"]))
def test_a_split_keeps_every_row_once(masks: list[list[bool | None]], on_fail: OnFail) -> None:
    parts = rules.split(batch(6), [verdict(mask, on_fail, rule=f"r{n}") for n, mask in enumerate(masks)])
    assert sorted([*parts.good.rows[ROW], *parts.bad.rows[ROW]]) == sorted(batch(6).rows[ROW])
    assert all(len(reasons) > 0 for reasons in parts.bad.rows[REASONS])


def test_reasons_name_each_rule_that_holds_a_row() -> None:
    parts = rules.split(batch(3), [verdict([True, True, False], rule="a"), verdict([False, True, False], rule="b")])
    assert [[reason["name"] for reason in row] for row in parts.bad.rows[REASONS]] == [["a"], ["a", "b"]]
    reason = parts.bad.rows[REASONS][0][0]
    assert reason["run_id"] == "b" and reason["run_time"] == NOW and reason["columns"] == ["x"]


def test_evidence_speaks_for_its_row() -> None:
    evidence = pl.DataFrame({ROW: ["b.1"], "columns": [["y"]], "score": [0.001], "message": ["odd"], "expected": ["1"]})
    verdict_with_evidence = Verdict(
        "net", "detector", "accuracy", "warning", "quarantine", "failed", pl.Series([False, True]), 2, 1, ("x",), "usual", evidence=evidence
    )
    (reason,) = rules.split(batch(2), [verdict_with_evidence]).bad.rows[REASONS][0]
    assert (reason["columns"], reason["score"], reason["message"]) == (["y"], 0.001, "odd")


def test_a_flag_is_told_of_each_row_that_a_detector_marks_and_of_no_other() -> None:
    evidence = pl.DataFrame({ROW: ["b.1"], "columns": [["y"]], "score": [0.001], "message": ["odd"], "expected": ["1"]})
    net = Verdict("net", "detector", "accuracy", "warning", "flag", "passed", pl.Series([None, True, True]), 3, 2, ("x",), "usual", evidence=evidence)
    rule, waiting = verdict([True, True, True], "flag"), replace(net, rule="other", status="skipped")
    flags = rules.flagged(batch(3), [net, rule, waiting])
    assert flags.schema == FLAGS
    assert flags.rows() == [("b.1", "net", ["y"], 0.001, "odd", "1"), ("b.2", "net", ["x"], None, "usual", None)]


def test_a_failed_block_holds_the_whole_batch_and_a_passed_one_none() -> None:
    assert rules.split(batch(), [verdict(None, "block")]).good.rows.is_empty()
    assert rules.split(batch(), [verdict(None, "block", "passed")]).bad.rows.is_empty()


@pytest.mark.parametrize("status", ["not_evaluated", "skipped"])
def test_what_could_not_run_holds_no_row(status: Status) -> None:
    assert rules.split(batch(2), [verdict([True, True], status=status)]).bad.rows.is_empty()


def test_waived_rules_hold_no_row() -> None:
    assert rules.split(batch(2), [verdict([True, True])], frozenset({"r"})).bad.rows.is_empty()


def test_a_rule_that_passes_by_mostly_still_holds_its_rows() -> None:
    assert rules.split(batch(2), [verdict([True, False], status="passed")]).bad.rows.height == 1


def counts(*verdicts: Verdict) -> list[rules.Count]:
    return [rules.count(counted) for counted in verdicts]


def test_a_score_is_the_weighted_share_of_passing_rows() -> None:
    scored = rules.score(
        counts(
            verdict([True, False, False, False]), verdict([False] * 4, severity="warning", status="passed"), verdict(None, dimension="volume", status="passed")
        )
    )
    assert scored.dimensions == {"validity": pytest.approx(100 * (0.75 * 3 + 1) / 4), "volume": 100.0}
    assert scored.value == pytest.approx((scored.dimensions["validity"] + 100) / 2)


def test_nothing_evaluated_scores_nothing() -> None:
    assert rules.score([]).value is None
    assert rules.score(counts(verdict(None, status="skipped"))).value is None


def test_a_critical_rule_that_could_not_run_makes_the_score_null() -> None:
    good = verdict([False], status="passed")
    assert rules.score(counts(good, verdict(None, status="not_evaluated"))).value is None
    assert rules.score(counts(good, verdict(None, status="not_evaluated", severity="warning"))).value == 100


@given(
    st.lists(
        st.tuples(st.integers(1, 50), st.integers(0, 50), st.sampled_from(["critical", "warning", "info"]), st.sampled_from(["validity", "volume"])), max_size=6
    )
)
def test_a_score_lies_between_0_and_100(raw: list[tuple[int, int, Severity, str]]) -> None:
    scored = rules.score(rules.Count(dimension, severity, "failed", rows, min(failed, rows)) for rows, failed, severity, dimension in raw)
    assert scored.value is None or 0 <= scored.value <= 100
    assert scored.worst is None or scored.worst <= scored.value + 1e-9  # type: ignore[operator]  # both or none


def run(
    at: datetime = NOW,
    decision: str = "open",
    *,
    kind: str = "ingest",
    state: str = "published",
    good: int = 90,
    bad: int = 10,
    value: float | None = 99.0,
    reasons: tuple[Message, ...] = (),
) -> Run:
    score = Score(value, {} if value is None else {"validity": value})
    return Run(f"{kind}-{at:%d}", "d", kind, 1, at, state, "", score, score, good + bad, good, bad, 0, decision, reasons)  # type: ignore[arg-type]  # generated


POLICY = GatePolicy(minimum=90, max_quarantined=0.2, max_closed=0.3, max_age=2 * DAY)


@pytest.mark.parametrize(
    ("given_run", "state"),
    [
        (run(), "open"),
        (run(value=89.0), "closed"),
        (run(bad=30, good=70), "closed"),
        (run(value=None), "unknown"),
        (run(good=0, bad=0), "unknown"),
        (run(state="failed"), "closed"),
    ],
)
def test_a_run_is_decided_by_its_worst_dimension_and_its_quarantine(given_run: Run, state: str) -> None:
    assert rules.decide(given_run, [], POLICY)[0] == state


def test_a_blocked_run_is_closed_and_a_warming_one_only_where_the_policy_says() -> None:
    assert rules.decide(run(), [], POLICY, blocked=["has:price"]) == ("closed", (Message.of("batch_blocked", rules=("has:price",)),))
    assert rules.decide(run(), ["net"], POLICY)[0] == "open"
    assert rules.decide(run(), ["net"], GatePolicy(allow_untrained_detectors=False))[0] == "closed"


def gate(*runs: Run, **more: object) -> Decision:
    return rules.gate("d", runs, POLICY, now=NOW, snapshot="7", **more)  # type: ignore[arg-type]  # generated


def test_an_open_gate_pins_its_snapshot_and_its_open_runs() -> None:
    decision = gate(run(NOW - 3 * DAY), run(NOW - 2 * DAY, "closed"), run(NOW - DAY), run(NOW))
    assert decision.open
    assert (decision.snapshot, decision.runs) == ("7", ("ingest-12", "ingest-14", "ingest-15"))


def test_a_gate_that_knows_nothing_is_unknown_and_never_trains() -> None:
    decision = gate()
    assert (decision.state, decision.snapshot, decision.runs) == ("unknown", None, ())


@pytest.mark.parametrize(
    ("runs", "missing", "message"),
    [
        ([run(NOW - DAY), run(NOW, "closed", reasons=(LOW,))], [], "validity is 80.0"),
        ([run(NOW - DAY)], [NOW], "did not arrive"),
        ([run(NOW - 3 * DAY)], [], "3.0 days old, above 2.0 days"),
        (
            [run(NOW - DAY, "closed", good=900, reasons=(LOW,)), run(NOW)],
            [],
            "% of the rows in the training window are in runs that are not open, above 30% (ingest-14: validity is 80.0, below 90)",
        ),
        ([run(NOW), run(NOW, "closed", kind="audit", reasons=(Message.text("worse"),))], [], "the last audit (audit-15) failed: worse"),
        ([run(NOW - DAY), run(NOW, "closed", state="failed")], [], "could not be read"),
    ],
)
def test_a_closed_gate_says_why(runs: list[Run], missing: list[datetime], message: str) -> None:
    decision = gate(*runs, missing=missing)
    assert decision.state == "closed"
    assert message in " ".join(map(render, decision.reasons))


@pytest.mark.parametrize(("bad", "state"), [(90, "closed"), (20, "open"), (0, "open")])
def test_a_rebuild_that_holds_too_much_closes_the_gate(bad: int, state: str) -> None:
    rebuild = run(NOW, kind="rebuild", good=100 - bad, bad=bad, value=None)
    reasons = (Message.of("quarantined_above", share=0.9, limit=0.2),) if bad == 90 else ()
    assert rules.decide(rebuild, [], POLICY) == (state, reasons)
    decision = gate(run(NOW - DAY), replace(rebuild, seq=2))
    assert (decision.state, [reason.params["reason"] for reason in decision.reasons]) == (state, list(reasons))


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (run(kind="release", good=75, bad=0), "open"),
        (run(kind="replay", good=60, bad=0), "closed"),
        (run(good=5, bad=0), "closed"),
        (run(good=95, bad=0), "open"),
    ],
)
def test_a_rebuild_closes_the_gate_until_its_rows_are_released_or_replaced(later: Run, state: str) -> None:
    rebuild = replace(run(NOW, "closed", kind="rebuild", good=10, bad=90), seq=2)
    assert gate(run(NOW - DAY), rebuild, replace(later, seq=3)).state == state


def test_a_file_set_aside_and_sent_again_does_not_close_the_gate() -> None:
    assert gate(run(NOW, state="failed", decision="closed"), run(NOW)).open


def failed(at: datetime, name: str) -> Run:
    return replace(run(at, "closed", state="failed", good=0, bad=0), id=name, uri=f"landing/{name}.csv", error=Message.text("no header"))


def test_an_unread_file_is_named_when_a_newer_one_is_good() -> None:
    decision = gate(run(NOW - 3 * DAY), failed(NOW - 2 * DAY, "orders"), run(NOW))
    assert decision.open
    assert decision.reasons == (Message.of("file_unread", run="orders", file="orders.csv", error=Message.text("no header")),)


@pytest.mark.parametrize("later", [run(NOW - 2 * DAY), replace(run(NOW), uri="landing/orders.csv")])
def test_an_unread_file_that_was_replaced_or_is_older_than_the_window_is_not_named(later: Run) -> None:
    assert gate(failed(NOW - 2 * DAY, "orders"), later, run(NOW)).reasons == ()
    assert gate(failed(NOW - 90 * DAY, "orders"), run(NOW)).reasons == ()


def test_a_table_that_could_not_be_read_is_not_missed_once_a_newer_one_is_published() -> None:
    older, newer = failed(NOW - 2 * DAY, "items"), failed(NOW + DAY / 2, "items")
    assert [reason.code for reason in gate(older, run(NOW)).reasons] == ["file_unread"]
    assert gate(older, run(NOW), tables=True).reasons == ()
    assert gate(run(NOW), older, tables=True).reasons == ()
    assert [notice.id for notice in rules.unread_runs([run(NOW), newer], NOW - 9 * DAY, tables=True)] == [newer.id]


def test_of_many_unread_files_the_newest_are_named() -> None:
    decision = gate(*(failed(NOW - day * DAY, f"f{day}") for day in (6, 5, 4, 3, 2)), run(NOW))
    assert [reason.params.get("run") for reason in decision.reasons] == ["f4", "f3", "f2", None]
    assert decision.reasons[-1] == Message.of("more_files_unread", files=2)


def test_a_batch_of_today_counts_at_once_though_its_period_ends_after_now() -> None:
    today = run(NOW + DAY / 2, "closed", reasons=(LOW,))
    assert gate(run(NOW - DAY), today).state == "closed"
    assert gate(run(NOW - DAY), run(NOW + DAY / 2, "closed", state="failed")).state == "closed"
    assert gate(run(NOW - DAY), run(NOW + DAY / 2)).runs == ("ingest-14", "ingest-15")


@pytest.mark.parametrize(("every", "state"), [(None, "open"), (timedelta(hours=1), "open"), (7 * DAY, "closed")])
def test_a_batch_of_a_period_that_has_not_begun_does_not_count(every: timedelta | None, state: str) -> None:
    assert gate(run(NOW), run(NOW + 5 * DAY, "closed", reasons=(LOW,)), every=every).state == state


def test_of_two_batches_for_one_time_the_one_that_came_last_counts() -> None:
    blocked = run(NOW, "closed", good=0, bad=100, reasons=(Message.of("batch_blocked", rules=("r",)),))
    assert gate(run(NOW - DAY), blocked, run(NOW)).open
    assert gate(run(NOW - DAY), run(NOW), blocked).state == "closed"


def test_an_unknown_newest_batch_makes_the_gate_unknown() -> None:
    assert gate(run(NOW - DAY), run(NOW, "unknown", good=1, bad=0, value=None)).state == "unknown"


def test_an_override_opens_until_it_expires_and_says_who() -> None:
    word = Override("d", "Ada", "the sale starts", NOW - DAY, NOW + DAY)
    decision = gate(run(NOW, "closed", reasons=(Message.text("bad"),)), override=word)
    assert decision.open and decision.override is word
    assert Message.of("gate_overridden_until", by="Ada", until=(NOW + DAY).isoformat(), reason="the sale starts") in decision.reasons
    late = Override("d", "Ada", "the sale starts", NOW - 2 * DAY, NOW)
    assert not gate(run(NOW, "closed", reasons=(Message.text("bad"),)), override=late).open


def test_missing_batches_are_those_whose_time_has_come() -> None:
    arrived = [NOW - 4 * DAY, NOW - 2 * DAY]
    assert rules.missing(arrived, DAY, now=NOW) == [NOW - 3 * DAY, NOW - DAY, NOW]
    assert rules.missing(arrived, DAY, now=NOW, grace=timedelta(hours=1)) == [NOW - 3 * DAY, NOW - DAY]
    assert rules.missing(arrived, None, now=NOW) == rules.missing([], DAY, now=NOW) == []


def test_a_learner_is_due_with_enough_history_and_again_when_it_has_grown() -> None:
    assert not rules.due(None, 99, min_rows=100)
    assert rules.due(None, 100, min_rows=100)
    assert not rules.due(100, 199, min_rows=100, growth=1)
    assert rules.due(100, 200, min_rows=100, growth=1)


def test_the_uniqueness_of_a_key_cannot_be_waived() -> None:
    assert rules.waivable(["deduplicate:key", "deduplicate:near", "key_unique", "expect_column_values_to_be_between:x"]) == [
        "deduplicate:near",
        "expect_column_values_to_be_between:x",
    ]


def test_reverting_repairs_gives_cells_their_first_values_back() -> None:
    schema = Schema("d", columns=(Column("n", "number"), Column("t", "timestamp"), Column("s")))
    rows = pl.DataFrame(
        {ROW: ["a", "b"], "n": [1.5, 2.0], "t": [NOW, NOW], "s": ["x", "y"], RAW: [None, None]}, schema={ROW: pl.String, **schema.dtypes, RAW: RAW_TYPE}
    )
    repairs = pl.DataFrame(
        [
            ("a/n/1", "a", "n", "150.0", "15.0", "scale", 1.0, True, ""),
            ("a/n/2", "a", "n", "15.0", "1.5", "scale", 1.0, True, ""),
            ("b/n/1", "b", "n", "two", "2.0", "parse", 1.0, True, ""),
            ("b/s/1", "b", "s", None, "y", "lookup", 1.0, True, ""),
        ],
        schema=REPAIRS,
        orient="row",
    )
    back = rules.revert(rows, repairs, schema)
    assert back["n"].to_list() == [150.0, None]
    assert back["s"].to_list() == ["x", None]
    assert back[RAW].to_list() == [None, [{"column": "n", "text": "two"}]]
    assert back["t"].equals(rows["t"])


def arrival(dataset: str, day: float) -> Arrival:
    return Arrival(dataset, f"{dataset}-{day:g}", "", "", 0, NOW + day * DAY)


def ordered(*arrivals: Arrival, published: tuple[str, ...] = (), every: timedelta | None = None) -> list[str]:
    references = {"brands": (), "items": ("brands",), "events": ("items",)}
    return [one.id for one in rules.order_arrivals(arrivals, references, published, dict.fromkeys(references, every))]


def test_what_waits_together_comes_by_reference_and_then_by_time() -> None:
    assert ordered(arrival("events", 0), arrival("items", 0.01)) == ["items-0.01", "events-0"], "`cp` wrote the events first"
    days = [arrival(name, day) for day in (0, 1) for name in ("events", "items")]
    assert ordered(*days) == ["items-0", "events-0", "items-1", "events-1"], "each day against the catalog of the day"
    assert ordered(arrival("events", 0), arrival("items", 0.5), published=("items",), every=DAY / 24) == ["events-0", "items-0.5"]


def test_events_older_than_the_first_catalog_come_after_the_oldest_one() -> None:
    history = [arrival("events", day) for day in (0, 1)]
    assert ordered(*history, arrival("items", 9), arrival("items", 10)) == ["items-9", "events-0", "events-1", "items-10"]
    assert ordered(*history, arrival("items", 9), published=("items",)) == ["events-0", "events-1", "items-9"]


def test_a_chain_of_references_is_followed() -> None:
    assert ordered(arrival("events", 0), arrival("items", 5), arrival("brands", 9)) == ["brands-9", "items-5", "events-0"]


@given(st.lists(st.tuples(st.sampled_from(["brands", "items", "events"]), st.integers(0, 5)), max_size=12, unique=True))
def test_every_arrival_is_ordered_once_and_each_dataset_by_time(waiting: list[tuple[str, int]]) -> None:
    arrivals = [arrival(*one) for one in waiting]
    order = ordered(*arrivals)
    assert sorted(order) == sorted(one.id for one in arrivals)
    for name in ("brands", "items", "events"):
        assert [one for one in order if one.startswith(name)] == [one.id for one in sorted(arrivals, key=lambda one: one.at) if one.dataset == name]


def first_read(*ages: int) -> list[Run]:
    return [replace(run(NOW - age * DAY), id=f"r{age}", started=NOW) for age in ages]


def test_history_that_was_there_at_the_first_run_is_not_late() -> None:
    history = first_read(320, 310, 300)
    assert rules.live_since(history) is None
    assert rules.live_since([*history, run(NOW + DAY)]) == NOW + DAY, "the first batch that came later"
    assert rules.live_since(first_read(9, 1)) == NOW, "the history reached the first run"
    assert rules.live_since([run(NOW - 9 * DAY)]) == NOW - 9 * DAY, "a record without its start"
    assert rules.live_since([]) is None


def test_the_window_of_a_shop_that_read_history_alone_ends_with_the_newest_batch() -> None:
    history = first_read(320, 310, 300)
    decision = rules.gate("events", history, GatePolicy(window=15 * DAY), now=NOW + 2 * DAY, snapshot="7")
    assert (decision.state, decision.runs) == ("open", ("r310", "r300"))
    later = [*history, replace(run(NOW + DAY), id="live", started=NOW + DAY)]
    assert rules.gate("events", later, GatePolicy(window=15 * DAY), now=NOW + 2 * DAY, snapshot="8").runs == ("live",)
    assert rules.gate("events", later, GatePolicy(window=15 * DAY), now=NOW + 40 * DAY, snapshot="8").state == "unknown", "it came to life, and stopped"


def test_a_gate_over_history_alone_is_not_closed_for_its_age() -> None:
    policy = replace(POLICY, window=900 * DAY)
    assert rules.gate("d", first_read(320, 300), policy, now=NOW + DAY, snapshot="7").open
    assert not rules.gate("d", first_read(320, 1), policy, now=NOW + 3 * DAY, snapshot="7").open


@pytest.mark.parametrize(
    ("rows", "events", "state"),
    [
        ("9990", True, "open"),  # a day on which nothing was sold
        ("9990", False, "unknown"),  # a table without rows
        ("99900", True, "unknown"),  # two days: the feed may be broken
        ("9900900", True, "open"),  # as many as before
        ("0", True, "unknown"),
        ("99909", True, "open"),
    ],
)
def test_a_quiet_period_of_events_leaves_the_gate_as_it_was(rows: str, events: bool, state: str) -> None:
    days = [NOW - (len(rows) - 1 - place) * DAY for place in range(len(rows))]
    runs = [
        run(day, "open", good=90) if count == "9" else run(day, "unknown", good=0, bad=0, value=None, reasons=(Message.of("batch_empty"),))
        for day, count in zip(days, rows, strict=True)
    ]
    assert gate(*runs, events=events).state == state


def test_a_closed_batch_before_a_quiet_day_keeps_the_gate_closed() -> None:
    runs = [run(NOW - 2 * DAY), run(NOW - DAY, "closed"), run(NOW, "unknown", good=0, bad=0, value=None)]
    assert gate(*runs, events=True).state == "closed"
