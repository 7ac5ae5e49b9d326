"""What a preview of a release says, and when a person has to confirm it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sluice.domain import BatchPreview, EmptyCells, ReleasePreview, Revision, Run, Score
from sluice.messages import render
from sluice.rules.previews import describe_preview, preview_batches, questions

AT = datetime(2026, 3, 15, tzinfo=UTC)
BATCH = BatchPreview("b1", 100, 4, 99.5, 98.25, "open", "open")
SMALL = ReleasePreview("events", 5, 4, 1, 0, ("crawler",), (), (BATCH,), "open", "open")


@pytest.mark.parametrize(
    ("preview", "codes"),
    [
        (SMALL, []),
        (replace(SMALL, gate_before="closed"), ["question_opens_gate"]),
        (replace(SMALL, gate_before="closed", gate_after="closed"), []),
        (replace(SMALL, critical=("not_null:id",)), ["question_critical"]),
        (replace(SMALL, critical=("not_null:id",), released=0), []),
        (replace(SMALL, batches=(replace(BATCH, released=5),)), []),
        (replace(SMALL, batches=(replace(BATCH, released=6),)), ["question_share"]),
        (replace(SMALL, empty=(EmptyCells("price", 1), EmptyCells("stock", 3))), ["question_cells_empty"] * 2),
    ],
)
def test_it_asks_only_where_the_effect_is_large(preview: ReleasePreview, codes: list[str]) -> None:
    assert [question.code for question in questions(preview)] == codes


def test_it_says_rows_scores_and_gate_before_and_after() -> None:
    assert [render(line) for line in describe_preview(SMALL)] == [
        "4 of 5 rows would be published",
        "1 row would stay held for other rules",
        "batch b1: score 99.5 before, 98.2 after; open before, open after",
        "gate of events: open before, open after",
        "waived: crawler",
    ]


def test_batches_that_stay_as_they_are_are_counted_in_one_line() -> None:
    still = [replace(BATCH, run=f"b{number}", score_after=99.52) for number in range(2, 16)]
    lines = [render(line) for line in describe_preview(replace(SMALL, batches=(*still, BATCH)))]
    assert lines[2:4] == ["batch b1: score 99.5 before, 98.2 after; open before, open after", "14 batches keep their score and their gate"]
    alone = [render(line) for line in describe_preview(replace(SMALL, batches=(still[0], BATCH)))]
    assert alone[2] == "batch b2: score 99.5 before, 99.5 after; open before, open after"


@pytest.mark.parametrize(
    ("preview", "language", "line"),
    [
        (replace(SMALL, replaced=1), "en", "replaces 1 published row; cannot be undone"),
        (replace(SMALL, replaced=1200), "en", "replaces 1,200 published rows; cannot be undone"),
        (replace(SMALL, replaced=2), "zh", "将替换 2 行已发布的数据\uff1b无法撤销"),
        (replace(SMALL, whole=True), "en", "replaces the whole published table; cannot be undone"),
    ],
)
def test_it_says_that_a_release_which_replaces_rows_cannot_be_undone(preview: ReleasePreview, language: str, line: str) -> None:
    assert line in [render(message, language) for message in describe_preview(preview)]


@pytest.mark.parametrize(
    ("rows", "language", "line", "question"),
    [
        (1, "en", "price of 1 row would be empty", "it publishes 1 row with an empty cell of price"),
        (1980, "en", "price of 1,980 rows would be empty", "it publishes 1,980 rows with empty cells of price"),
        (198, "zh", "198 行的 price 将为空", "将发布 198 行 price 为空的数据"),
    ],
)
def test_it_says_which_cells_would_be_empty(rows: int, language: str, line: str, question: str) -> None:
    preview = replace(SMALL, empty=(EmptyCells("price", rows),))
    assert line in [render(message, language) for message in describe_preview(preview)]
    assert [render(message, language) for message in questions(preview)] == [question]


def test_batches_are_compared_with_their_newest_revision() -> None:
    first = Run("b1", "events", "ingest", 1, AT, "published", published=Score(90.0, {}), rows=10, good=8, bad=2, decision="closed")
    revision = Revision("b1", 9, 1, 0, 0, Score(80.0, {}), "open")
    released = Run("release-q1", "events", "release", None, AT, "published", good=1, rows=1, revisions=(revision,))
    assert preview_batches([first], [released]) == (BatchPreview("b1", 10, 1, 90.0, 80.0, "closed", "open"),)
