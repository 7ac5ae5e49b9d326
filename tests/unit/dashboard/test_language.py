# ruff: noqa: RUF001  # Chinese is written with its own marks
"""Every text has its Chinese; what the rules say is found by its form."""

from __future__ import annotations

import ast
import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import dashboard
from dashboard.i18n.labels import WORDS
from dashboard.i18n.language import catalogue
from detectors.traffic.patterns import PATTERNS
from sluice.domain import GatePolicy, Message, Run, Score
from sluice.messages import render
from sluice.rules import decide, gate

FOLDER = Path(dashboard.__file__).parent
NOW = datetime(2026, 3, 15, tzinfo=UTC)


def texts() -> list[str]:
    """The first argument of every call of `tr`, and every word of the program."""
    calls = [node for path in sorted(FOLDER.rglob("*.py")) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    used = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "tr"]
    return sorted({str(each.value) for each in used if isinstance(each, ast.Constant)} | set(WORDS.values()))


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_texts_are_found() -> None:
    assert {"Overview", "Rows {first} to {last} of {total}", "Release or reject"} <= set(texts())


@pytest.mark.parametrize("english", texts())
def test_every_text_has_its_chinese_with_the_same_places(english: str) -> None:
    chinese = catalogue("zh").texts.get(english, "")
    assert chinese, f"no Chinese for {english!r} in dashboard/i18n/locales/zh/messages.po"
    assert places(chinese) == places(english)


def test_no_translation_is_left_over() -> None:
    sentences = {english for english in catalogue("zh").texts if english[0].islower()}
    assert set(catalogue("zh").texts) - sentences <= set(texts())


def test_english_needs_no_catalogue() -> None:
    assert catalogue("en").text("Overview") == "Overview"
    assert catalogue("en").sentence("completeness is 85.0, below 90") == "completeness is 85.0, below 90"


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("1 of 1 row (100.00%)", "1 行中有 1 行（100.00%）"),
        ("waits for 1 more row of accepted history", "还需 1 行已接受的历史数据"),
        (
            "new: Recall@20 0.1000 against 0.2000 (-50.0%, 95 % interval -60.0% to -40.0%, 1 user); 1 user cannot tell 5.0%",
            "new：Recall@20 为 0.1000，在线模型为 0.2000（-50.0%，95% 区间 -60.0% 至 -40.0%，1 名用户）；1 名用户无法分辨 5.0%",
        ),
        (
            "NDCG@20 0.1000 against the champion's 0.2000 (-50.0%, 95 % interval -60.0% to -40.0%, 1,200 users)",
            "NDCG@20 为 0.1000，在线模型为 0.2000（-50.0%，95% 区间 -60.0% 至 -40.0%，1,200 名用户）",
        ),
        ("1 row rejected", "已拒绝 1 行"),
        ("1 row restored", "已恢复 1 行"),
        ("1 batch published", "已发布 1 个批次"),
        ("waits for 1 more batch", "还需 1 个批次"),
        ("1 hour strays: 06 Mar", "1 个小时异常：06 Mar"),
    ],
)
def test_one_of_a_kind_is_told_as_one(english: str, chinese: str) -> None:
    assert catalogue("zh").sentence(english) == chinese


def test_a_sentence_of_the_rules_is_translated_with_its_values() -> None:
    assert catalogue("zh").sentence("completeness is 85.0, below 90") == "完整性得分为 85.0，低于 90"
    nested = "the newest batch (abc) is closed: 30.0% of the rows are quarantined, above 20%"
    assert catalogue("zh").sentence(nested) == "最新批次（abc）关闭：30.0% 的行被隔离，高于 20%"


@pytest.mark.parametrize(
    "said",
    [
        "price is unusual, given the rest of its row (p = 0.0014)",
        "price is empty, where hardly any ever was (p = 0.0014)",
        "price cannot be read, where nearly all could be (p = 0.0014)",
        "its session as a whole: pause is unusual, given the rest of its row (p = 0.001); without 3 of its events, those of one visit, it would be usual",
        "its visitor made 500 events on 480 items, one every 1.5 s in the middle: more than people do, and as a machine does",
        "its address has 60 events within one minute, more than accepted ones have",
        "its time is 120 minutes off the server's: whole hours, as a clock in another zone",
        "its time is before the first that its visitor was known",
        "its kind follows nothing that its visitor did with the item in only 3 of 4000 accepted events",
        "its session has 2 user agents, as 3 of 4,000 accepted ones have several",
        "visitors of its item go on to a later step 80 times out of 80, where 10.2 % is usual",
        "price is 10.0 % higher at the median than in the accepted past, 8 sd of the usual difference between batches",
        "the mix of kind is another in 5.0% of the rows than in the accepted past, 8.1 sd in each of the newest batches",
    ],
)
def test_what_detectors_say_is_known_in_chinese(said: str) -> None:
    chinese = catalogue("zh").sentence(said)
    words = set(re.findall(r"[a-z]{2,}", chinese))
    assert words <= {"price", "pause", "kind"}  # names of columns stay


@pytest.mark.parametrize("promised", [way.message for way in PATTERNS.values()])
def test_what_each_way_of_traffic_promises_is_known_in_chinese(promised: str) -> None:
    assert catalogue("zh").sentence(promised) != promised


@pytest.mark.parametrize(
    "found",
    [
        "no row to judge",
        "the newest is 49.9 hours old",
        "no row has a ts",
        "14,014 rows; usual: 13,968 (of 3 batches)",
        "16.44% of 14,769 steps",
        "no hour strays",
        "0 of 6 rows (0.00%); empty: rating",
        "321 of 14,768 rows (2.17%); 1 so near the threshold that another device may decide otherwise",
    ],
)
def test_what_rules_find_is_known_in_chinese(found: str) -> None:
    assert set(re.findall(r"[a-z]{2,}", catalogue("zh").sentence(found))) <= {"ts", "rating"}


def test_an_unknown_sentence_stays_as_it_is() -> None:
    assert catalogue("zh").sentence("Something {odd} happened") == "Something {odd} happened"


def run(**more: object) -> Run:
    facts = {"id": "r1", "dataset": "events", "kind": "ingest", "seq": 1, "at": NOW - timedelta(days=3), "state": "published", "rows": 10, "good": 5, "bad": 5}
    return Run(**{**facts, **more})  # type: ignore[arg-type]  # a Run's fields


def test_all_that_the_gate_says_is_known_in_chinese() -> None:
    low = run(published=Score(80.0, {"validity": 80.0}))
    told = [
        *decide(low, ["autoencoder"], GatePolicy(allow_warming=False))[1],
        *decide(run(), [], GatePolicy())[1],
        *decide(low, [], GatePolicy(), blocked=["has:price"])[1],
        *gate("events", [], GatePolicy(), now=NOW, snapshot="1").reasons,
    ]
    audit = run(kind="audit", decision="closed", reasons=(Message.of("worst_dimension_below", dimension="validity", value=1.0, limit=90),))
    runs = [run(decision="closed", reasons=(Message.of("worst_dimension_below", dimension="validity", value=80.0, limit=90),)), audit]
    policy = GatePolicy(max_age=timedelta(days=1))
    told += gate("events", runs, policy, now=NOW, snapshot="1", missing=[NOW - timedelta(days=1)]).reasons
    told += gate("events", [*runs, run(id="r2", state="failed", at=NOW, error=Message.text("it is empty"))], policy, now=NOW, snapshot="1").reasons
    told += gate("events", [run(decision="unknown")], GatePolicy(max_closed=1.0), now=NOW, snapshot="1").reasons
    assert len(told) >= 12
    assert [each for each in told if render(each, "zh") == render(each)] == []
