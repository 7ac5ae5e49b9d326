"""A regression of quality on public data: Amazon Beauty, each user's last item among all items, for every fourth user."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from recommender.data.sequences import Vocabulary, build_sequences
from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import evaluate
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.popularity import Popularity

BEAUTY = Path(__file__).parents[5] / "shared/data/behaviour/beauty/beauty.txt"


@pytest.mark.slow
@pytest.mark.skipif(not BEAUTY.exists(), reason=f"needs {BEAUTY.parent}")
def test_counting_reaches_its_measured_recall_on_beauty() -> None:
    lines = [line.split() for line in BEAUTY.read_text().splitlines()]
    vocabulary = Vocabulary(tuple(sorted({item for _, *items in lines for item in items})))
    learned, histories = (build_sequences(all_but_the_last(some), vocabulary) for some in (lines, lines[::4]))
    targets = vocabulary.encode(pl.Series([line[-1] for line in lines[::4]])).to_numpy().astype(np.int64)
    counted = evaluate(CoOccurrence.fit(TrainingData(learned, vocabulary)), histories, targets)
    popular = evaluate(Popularity.fit(TrainingData(learned, vocabulary)), histories, targets)
    assert counted["recall@20"] == pytest.approx(0.1139, abs=0.001)
    assert counted["ndcg@20"] == pytest.approx(0.0615, abs=0.001)
    assert popular["recall@20"] == pytest.approx(0.0216, abs=0.001)


def all_but_the_last(lines: list[list[str]]) -> pl.DataFrame:
    """Interactions of all items but a user's last, in order; the set has no times."""
    frame = pl.DataFrame({"user": [f"{int(user):06}" for user, *_ in lines], "item": [items[:-1] for _, *items in lines]}).explode("item")
    time = pl.from_epoch(pl.int_range(pl.len()).over("user")).cast(pl.Datetime("us", "UTC"))
    return frame.with_columns(kind=pl.lit(None, dtype=pl.String), time=time, weight=pl.lit(1.0), ordered=pl.lit(True))
