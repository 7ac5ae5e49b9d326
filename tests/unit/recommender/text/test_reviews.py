"""Reviews as columns of the catalog and as embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from recommender.data.sequences import Floats, Vocabulary
from recommender.text.content_features import configured_encoder
from recommender.text.reviews import MAX_REVIEWS, REVIEW_COLUMNS, REVIEW_COUNT, SENTIMENT, add_review_columns, embed_reviews, read_reviews
from recommender.training.dataset import RecommenderDataset, Resources
from sluice.config import Recommender
from sluice.config.recommender import Reviews
from sluice.domain import ROW, RUN
from sluice.errors import ModelError
from tests.unit.recommender.conftest import START, FakeSnapshot, chain, run_of, settings, shop

ITEMS = pl.DataFrame({"item": ["a", "b", "c"]})
NAMES = {"events": "events", "items": "catalog", "user": "who", "item": "what", "time": "when"}


@dataclass(frozen=True)
class Blank:
    """Sees the same in every text, so that the lexicon alone decides."""

    name: str = "blank"
    width: int = 2

    def encode(self, texts: Sequence[str]) -> Floats:
        return np.array([[1, 0]] * len(texts), np.float32).reshape(-1, 2)


class Lengths(Blank):
    """Two texts of different directions."""

    def encode(self, texts: Sequence[str]) -> Floats:
        return np.array([[0.6, 0.8] if text == "long" else [0.8, 0.0] for text in texts], np.float32).reshape(-1, 2)


def reviews_of(**texts: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame({"item": list(texts), "text": list(texts.values())}, schema={"item": pl.String, "text": pl.List(pl.String)}).explode("text")


def config(dataset: str = "events", text: str = "words") -> Recommender:
    return Recommender(**NAMES, reviews=Reviews(dataset=dataset, item="what", text=text))


def test_sentiment_separates_good_from_bad_items() -> None:
    catalog = add_review_columns(ITEMS, reviews_of(b=["I love it, great!"] * 4, a=["Awful.", "Horrible, I hate it."]), Blank())
    assert catalog["item"].to_list() == ["a", "b", "c"]
    assert catalog[REVIEW_COUNT].to_list() == [2, 4, 0]
    bad, good, unknown = catalog[SENTIMENT]
    assert bad < 0 < good
    assert unknown is None


def test_few_reviews_are_smoothed_more_than_many() -> None:
    praise, blame = "I love it, great!", "Awful, I hate it."
    catalog = add_review_columns(ITEMS, reviews_of(a=[praise] * MAX_REVIEWS, b=[praise], c=[blame] * MAX_REVIEWS), Blank())
    assert catalog[SENTIMENT][0] > catalog[SENTIMENT][1] > catalog[SENTIMENT][2]


def test_only_the_newest_reviews_are_read() -> None:
    catalog = add_review_columns(ITEMS, reviews_of(a=["I love it, great!"] * 20 + ["Awful, I hate it."] * MAX_REVIEWS), Blank())
    assert catalog[SENTIMENT][0] < 0
    assert catalog[REVIEW_COUNT][0] == 20 + MAX_REVIEWS


def test_without_reviews_the_catalog_stays() -> None:
    assert add_review_columns(ITEMS, reviews_of(), Blank()).columns == ["item"]
    assert read_reviews(FakeSnapshot(), config()).is_empty()
    assert read_reviews(FakeSnapshot(), Recommender(**NAMES)).is_empty()


def test_reviews_are_embedded_as_their_mean() -> None:
    embeddings = embed_reviews(reviews_of(b=["long", "longer"], a=["long"], unknown=["x"]), Vocabulary(("a", "b", "c")), Lengths())
    np.testing.assert_allclose(embeddings, np.array([[0.6, 0.8], [7 / 65**0.5, 4 / 65**0.5], [0, 0]], np.float32), atol=1e-6)
    assert not embed_reviews(reviews_of(), Vocabulary(("a",)), Lengths()).any()


def test_only_reviews_of_open_runs_and_allowed_times_are_read() -> None:
    rows = pl.DataFrame(
        {
            ROW: ["r1", "r2", "r3", "r4"],
            RUN: ["open", "open", "shut", "open"],
            "what": ["a", "a", "a", None],
            "when": [START + timedelta(days=day) for day in (2, 1, 0, 0)],
            "words": ["later", "sooner", "shut", "nothing"],
        }
    )
    runs = [run_of(run, dataset, run) for run in ("open", "shut") for dataset in ("events", "reviews")]
    snapshot = FakeSnapshot({"events": rows, "reviews": rows.drop("when")}, runs)
    assert read_reviews(snapshot, config())["text"].to_list() == ["shut", "sooner", "later"]
    assert read_reviews(snapshot, config(), ["open"], pl.col("time") < START + timedelta(days=2))["text"].to_list() == ["sooner"]
    assert read_reviews(snapshot, config("reviews"), ["open"])["text"].to_list() == ["later", "sooner"]
    assert config("reviews").reads == ("events", "catalog", "reviews")
    with pytest.raises(ModelError, match="reviews have no column opinion"):
        read_reviews(snapshot, config("reviews", "opinion"))


def test_reviews_are_read_in_float32(tmp_path: Path) -> None:
    events = chain(users=40).with_columns(words=pl.lit("I love it, great!"))
    config = settings(reviews=Reviews(dataset="clicks", item="what", text="words"), text=(), title=None)
    RecommenderDataset.of(shop(events), config, ("e1", "c1"), None, Resources(tmp_path))
    names = {file.name.rpartition("-")[0] for file in tmp_path.iterdir()}
    assert names == {configured_encoder(config, precision="float32").name}


def test_a_training_reads_reviews_before_the_cut() -> None:
    events = chain(users=40).with_columns(words=pl.lit("I love it, great!"))
    catalog = settings(reviews=Reviews(dataset="clicks", item="what", text="words"), text=())
    read, plain = (RecommenderDataset.of(shop(events), config, ("e1", "c1"), None, Resources()) for config in (catalog, settings()))
    assert set(REVIEW_COLUMNS) <= set(read.catalog.columns)
    assert 0 < read.catalog[REVIEW_COUNT].sum() < events.height
    assert read.training_data.content["reviews"].any()
    assert (read.training_data.attributes != 0).sum() > (plain.training_data.attributes != 0).sum()
