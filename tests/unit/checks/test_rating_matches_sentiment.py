"""Words that say the opposite of their stars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from checks.checker import Checker
from sluice.config import SettingsError, Step
from sluice.demo.reviews import write_review
from sluice.domain import ROW, Batch, Column, Schema, Verdict
from tests.unit.checks.conftest import DAY, FakeSnapshot, rows_of

SCHEMA = Schema("reviews", "append", ("id",), (Column("id"), Column("words"), Column("stars", "number")))
PRAISE, BLAME = "Perfect, I love it, best lamp ever!", "Terrible. It broke at once, a horrible waste of money."


def judged(texts: Sequence[str | None], stars: Sequence[float | None], **settings: object) -> Verdict:
    checker = Checker.build(SCHEMA, [Step(name="expect_rating_to_match_sentiment", settings={"text": "words", "rating": "stars", **settings})])
    (verdict,) = checker.judge(Batch("reviews", "b", rows_of(SCHEMA, {"words": texts, "stars": stars}), DAY), FakeSnapshot())
    return verdict


def test_praise_with_one_star_and_blame_with_five_are_found() -> None:
    verdict = judged([PRAISE, BLAME, PRAISE, BLAME, PRAISE, BLAME], [1, 5, 5, 1, 3, 3])
    assert verdict.failing is not None
    assert verdict.failing.to_list() == [True, True, False, False, False, False]
    assert (verdict.status, verdict.severity, verdict.on_fail, verdict.rows) == ("failed", "info", "flag", 6)
    assert verdict.evidence is not None
    assert verdict.evidence["columns"].to_list() == [["stars", "words"]] * 2
    assert not any("love" in message for message in verdict.evidence["message"])


def test_without_stars_or_words_nothing_is_judged() -> None:
    verdict = judged([None, PRAISE, " ?! ", "Ein Tisch."], [1, None, 1, 5])
    assert verdict.failing is not None
    assert (verdict.failing.any(), verdict.rows) == (False, 1)


def test_stars_have_the_range_that_is_said() -> None:
    assert judged([PRAISE], [2], min_rating=1, max_rating=10).failed == 1
    assert judged([PRAISE], [5], min_rating=1, max_rating=10).failed == 0
    with pytest.raises(SettingsError, match="min_rating must be below max_rating"):
        judged([PRAISE], [2], min_rating=5, max_rating=1)
    with pytest.raises(SettingsError, match="min_polarity lies between"):
        judged([PRAISE], [2], min_polarity=2)


def test_reviews_that_fit_are_left_alone_and_those_turned_around_are_found() -> None:
    rng = np.random.default_rng(7)
    stars = [star for star in (1, 5) for _ in range(100)]
    texts = [write_review(rng, star, "lamp") for star in stars]
    assert judged(texts, stars).failed == 0
    assert judged(texts, [6 - star for star in stars]).failed > 150


def test_a_row_is_judged_by_itself() -> None:
    texts, stars = [PRAISE, BLAME, PRAISE], [1.0, 5.0, 5.0]
    whole = judged(texts, stars).failing
    assert whole is not None
    assert whole.to_list() == [judged([text], [star]).failed == 1 for text, star in zip(texts, stars, strict=True)]
    assert pl.Series(["b.0", "b.1"]).equals(judged(texts, stars).evidence[ROW])  # type: ignore[index]  # there is evidence
