"""The conversion model reads attributes of users and context where they lower the log loss of purchases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from recommender.conversion import ConversionModel, TrainedConversion, train_conversion
from recommender.conversion.impressions import Impressions
from recommender.conversion.side_statistics import SideStatistics
from recommender.data.sequences import Sequences, Vocabulary
from recommender.data.side_features import SideFeatures
from recommender.ranker import add_prefix, strip_prefix
from sluice.config import Recommender
from sluice.config.users import Users

START = datetime(2026, 3, 1, tzinfo=UTC)
CUT = START + timedelta(days=20)
NOW = int(CUT.timestamp())
Make = Callable[..., Any]


def looks(seed: int, *, matters: bool = True) -> list[tuple[str, str, str, datetime, str]]:
    """Looks that are bought on one device ten times as often as on the other, or alike on both."""
    rng = np.random.default_rng(seed)
    events = []
    for _ in range(4000):
        user, item, when = int(rng.integers(80)), int(rng.integers(30)), START + timedelta(days=float(rng.uniform(0, 20)))
        device = int(rng.integers(2))
        steps = ["look"]
        if rng.random() < ((0.5 if device else 0.05) if matters else 0.25):
            steps += ["basket", "buy"] if rng.random() < 0.7 else ["basket"]
        events += [(f"u{user:02}", f"i{item:02}", step, when + timedelta(minutes=3 * place), f"d{device}") for place, step in enumerate(steps)]
    return events


@pytest.fixture(name="train", scope="module")
def _train(shop: Make, rows_of: Make, config: Recommender, vocabulary: Vocabulary, goods: pl.DataFrame) -> Make:
    def train(*, matters: bool = True, side: bool = True) -> TrainedConversion:
        events = sorted(looks(0, matters=matters), key=lambda row: row[3])
        frame = rows_of([row[:4] for row in events]).with_columns(device=pl.Series([row[4] for row in events]))
        people = pl.DataFrame({"who": [f"u{n:02}" for n in range(80)], "town": [f"t{n % 2}" for n in range(80)], "_run_id": "p1"})
        snapshot = shop(frame)
        described = replace(snapshot, tables={**snapshot.tables, "people": people})
        named = {"users": Users(dataset="people", columns=("town",)), "context": ("device",)} if side else {}
        return train_conversion(described, config.model_copy(update=named), ("e1", "p1"), vocabulary, goods, CUT, seed=0)

    return train


def purchases(model: ConversionModel, side: Mapping[str, object]) -> float:
    nobody = Sequences(*(np.zeros(0, np.int64),) * 3, np.zeros(0, np.float32), np.zeros(0, np.bool_), np.zeros(2, np.int64))
    return float(model.predict(nobody, np.zeros(30, np.int64), np.arange(30), NOW, side).purchase.mean())


def test_context_that_matters_is_read_and_changes_the_probability(train: Make, vocabulary: Vocabulary) -> None:
    trained = train()
    card: Any = trained.card["side"]
    entries = {entry["column"]: entry for entry in card["columns"]}
    assert entries["context.device"]["kept"]
    assert card["with"] < card["without"]
    assert trained.model is not None
    rare, frequent = (purchases(trained.model, {"context.device": device}) for device in ("d0", "d1"))
    unknown = purchases(trained.model, {})
    assert 3 * rare < frequent
    assert rare < unknown < frequent
    restored = ConversionModel.from_arrays(strip_prefix("conversion", add_prefix("conversion", trained.model.to_arrays())), vocabulary)
    assert purchases(restored, {"context.device": "d1"}) == frequent


def test_what_says_nothing_leaves_the_model_as_it_is_without_it(train: Make) -> None:
    trained, plain = train(matters=False), train(matters=False, side=False)
    card: Any = trained.card["side"]
    assert not any(entry["kept"] for entry in card["columns"])
    assert "side" not in plain.card
    before, after = plain.model.to_arrays(), trained.model.to_arrays()
    assert list(before) == list(after)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_counts_are_those_of_the_past_alone() -> None:
    events = pl.DataFrame({"user": [f"u{n}" for n in range(40)], "item": "tea", "user.town": ["Ulm", "Rom"] * 20})
    features = SideFeatures.fit(events)
    side = features.encode(events)
    times = np.arange(40)
    never = np.full(40, np.iinfo(np.int64).max)
    impressions = Impressions(times, np.zeros(40, np.int64), times, np.where(times % 2 == 0, times + 100, never), never, side)
    rates = np.array([0.1, 0.05], np.float32)
    early, late = (SideStatistics.compute(impressions, features, 1, rates, until) for until in (20, 1000))
    assert early.counts[side[0, 0]].tolist() == [10.0, 0.0, 0.0]
    assert late.counts[side[0, 0]].tolist() == [20.0, 20.0, 0.0]
    ulm, unknown = (late.values(np.array([[number]], np.int16), np.array([0])) for number in (side[0, 0], 0))
    assert ulm[0] > unknown[0]
    assert ulm[2] > unknown[2]
