from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from recommender.conversion import TrainedConversion, train_conversion
from recommender.conversion.pair_features import FeatureTable
from recommender.conversion.scorer import Examples
from recommender.data.sequences import Vocabulary
from sluice.config import Recommender
from sluice.config.recommender import Funnel
from sluice.domain import ACTION, ROW, RUN
from sluice.ports import Snapshot

START = datetime(2026, 3, 1, tzinfo=UTC)
CUT = START + timedelta(days=20)
ITEMS = tuple(f"i{item:02}" for item in range(30))
VOCABULARY = Vocabulary(ITEMS, ("basket", "buy", "look"))


def rows_of(events: list[tuple[str, str, str, datetime]]) -> pl.DataFrame:
    schema: dict[str, pl.DataType | type[pl.DataType]] = {"who": pl.String, "what": pl.String, "did": pl.String, "when": pl.Datetime("us", "UTC")}
    frame = pl.DataFrame(events, schema=schema, orient="row").sort("when")
    return frame.with_row_index(ROW).with_columns(pl.format("e.{}", ROW).alias(ROW), pl.lit("keep").alias(ACTION), pl.lit("e1").alias(RUN))


def visits(seed: int = 0, looks: int = 3000) -> pl.DataFrame:
    """Looks of which every third item is mostly bought by every other user, and others hardly ever."""
    rng = np.random.default_rng(seed)
    events = []
    for _ in range(looks):
        user, item, when = int(rng.integers(80)), int(rng.integers(30)), START + timedelta(days=float(rng.uniform(0, 20)))
        liked = 0.5 if item % 3 == 0 and user % 2 == 0 else 0.03
        steps = ["look"]
        if rng.random() < liked:
            steps += ["basket", "buy"] if rng.random() < 0.7 else ["basket"]
        events += [(f"u{user:02}", ITEMS[item], step, when + timedelta(minutes=3 * place)) for place, step in enumerate(steps)]
    return rows_of(events)


def funnelled() -> Recommender:
    funnel = Funnel(impression="look", click="basket", purchase="buy", attribution_window=timedelta(hours=6), features=("family", "cost"))
    return Recommender(events="clicks", items="goods", user="who", item="what", time="when", kind="did", funnel=funnel)


def described_goods() -> pl.DataFrame:
    return pl.DataFrame({"item": ITEMS, "family": [f"f{item % 3}" for item in range(30)], "cost": [float(item) for item in range(30)]})


@pytest.fixture(scope="session")
def fitted(shop: Callable[..., Snapshot]) -> TrainedConversion:
    return train_conversion(shop(visits()), funnelled(), ("e1",), VOCABULARY, described_goods(), CUT, seed=0)


@pytest.fixture(name="rows_of", scope="session")
def _rows_of() -> Callable[..., pl.DataFrame]:
    return rows_of


@pytest.fixture(name="visits", scope="session")
def _visits() -> Callable[..., pl.DataFrame]:
    return visits


@pytest.fixture(scope="session")
def config() -> Recommender:
    return funnelled()


@pytest.fixture(scope="session")
def goods() -> pl.DataFrame:
    return described_goods()


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return VOCABULARY


@pytest.fixture(scope="session")
def examples() -> Examples:
    """Two features that matter and one that does not."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(2000, 3)).astype(np.float32)
    clicked = rng.random(2000) < 1 / (1 + np.exp(-values[:, 0]))
    bought = clicked & (rng.random(2000) < 1 / (1 + np.exp(-2 * values[:, 1])))
    return Examples(FeatureTable(("first", "second", "third"), values), clicked, bought)
