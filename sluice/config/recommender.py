"""What may stand under `recommender` in sluice.yaml: what it learns from, how it ranks, and when a challenger may serve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sluice.config.duration import Duration
from sluice.config.model import Model, Name, StepConfig
from sluice.domain import PromotionPolicy

DEFAULT_MODELS = ("cooccurrence", "towers", "text", "blend")


class Reviews(Model):
    """Where opinions are written; that their words fit their stars is a rule of that dataset: expect_rating_to_match_sentiment."""

    dataset: Name = Field(description="dataset of reviews, mostly that of the events")
    item: str = Field(description="its column that names the item")
    text: str = Field(description="its column of words")


class Relations(Model):
    """Who knows whom: one more thing that is known of a user."""

    dataset: Name = Field(description="dataset of pairs of users")
    user: str = Field(description="its column that names the one")
    other: str = Field(description="its column that names the other")


class Funnel(Model):
    """Which kinds of events lie on the way to a purchase; each is learned on all impressions."""

    shown: str = Field(description="kind of an impression: an item that was shown to a user")
    clicked: str = Field(description="kind of a click")
    bought: str = Field(description="kind of a conversion")
    session: str | None = Field(None, description="column of events: a click belongs to an impression of the same session")
    within: Duration = Field(timedelta(days=1), description="how long after an impression a click or conversion counts for it")
    features: tuple[str, ...] = Field((), description="columns of items that the heads read beside rates, tastes and recency; numbers or categories")

    @model_validator(mode="after")
    def _tells_its_kinds_apart(self) -> Funnel:
        if len({self.shown, self.clicked, self.bought}) < 3:
            raise ValueError("shown, clicked and bought must be three kinds of events")
        return self


class Ads(Model):
    """Which items somebody pays for."""

    bid: str = Field(description="column of items: what a click is worth")
    slots: tuple[Annotated[int, Field(ge=1)], ...] = Field((2, 6), description="places of an answer that ads may take, counted from 1")
    floor: float = Field(0.5, ge=0, le=1, description="an ad must be at least so relevant, as a share of the item whose place it takes")


class Rerank(Model):
    """How the best candidates are put in order; each number is a weight, 0: off."""

    diversity: float = Field(0.0, ge=0, le=1, description="prefer what differs from what stands above")
    freshness: float = Field(0.0, ge=0, le=1e6, description="prefer what came to the catalog lately")
    margin: float = Field(0.0, ge=0, le=1e6, description="prefer what earns more")
    conversion: float = Field(0.0, ge=0, le=1e6, description="prefer what is likelier bought; `funnel` says how that is learned")
    margin_column: str | None = Field(None, description="column of items: what one earns")
    fresh_column: str | None = Field(None, description="column of items: since when it is sold")
    half_life: Duration = Field(timedelta(days=14), description="after so long freshness counts half")
    ads: Ads | None = None

    @model_validator(mode="after")
    def _names_its_columns(self) -> Rerank:
        for weight, column, key in ((self.margin, self.margin_column, "margin_column"), (self.freshness, self.fresh_column, "fresh_column")):
            if weight and column is None:
                raise ValueError(f"{key} must name a column of items where its weight is not 0")
        if not self.half_life:
            raise ValueError("half_life must be longer than nothing; weight freshness with 0 where it is not to count")
        return self


class Promotion(Model):
    """What a challenger must pass on the hold-out before it takes the champion's place."""

    tolerance: float = Field(0.01, ge=0, le=1, description="how much of NDCG@20 the 95 % interval of the difference may reach below the champion")
    segment: float = Field(0.05, ge=0, le=1, description="how much worse new users, tail items and heavy users may fare, as a share")
    segments: Mapping[str, float] = Field(default_factory=dict, description="the same by segment, where one has a limit of its own")
    coverage: float = Field(0.1, ge=0, le=1, description="how much of coverage@20 may be lost, as a share")
    latency: float = Field(50.0, gt=0, description="milliseconds of processor time that 99 of 100 answers may take")
    size: int = Field(512 * 2**20, gt=0, description="bytes that a model may have")
    frozen: Duration = Field(timedelta(days=14), description="for so long one hold-out judges every challenger, and none learns from it")

    def policy(self) -> PromotionPolicy:
        """As a value that the rules take."""
        return PromotionPolicy(self.tolerance, self.segment, self.segments, self.coverage, self.latency, self.size)


class Recommender(Model):
    """Which datasets and columns the embedded recommender learns from, what it learns, and when it serves."""

    events: Name = Field(description="dataset of behaviour events")
    items: Name = Field(description="dataset of catalog rows")
    user: str = Field(description="column of events that names the user")
    item: str = Field(description="column of both that names the item")
    time: str = Field(description="column of events that says when")
    kind: str | None = Field(None, description="column of events that says what happened")
    weights: Mapping[str, Annotated[float, Field(gt=0, le=1e6)]] = Field(
        default_factory=dict, description="how much each kind counts; a kind not named is left out; empty: all count 1"
    )
    title: str | None = Field(None, description="column of items shown to people")
    attributes: tuple[str, ...] = Field((), description="columns of items that the item tower reads")
    text: tuple[str, ...] = Field((), description="columns of items whose words a language model reads; the title unless named")
    language_model: str | None = Field(None, description="folder of a sentence-transformers model; unless named, the MiniLM that is installed beside Sluice")
    image: str | None = Field(None, description="column of items: a vector of its picture, as a list of numbers or JSON text")
    reviews: Reviews | None = None
    relations: Relations | None = None
    models: tuple[StepConfig, ...] = Field((), description=f"what is fitted and compared; unless named: {', '.join(DEFAULT_MODELS)}")
    similarity: Literal["cosine", "dot", "euclidean"] = Field("cosine", description="how near a user's vector is to an item's")
    funnel: Funnel | None = None
    rerank: Rerank = Rerank()
    promotion: Promotion = Promotion()
    holdout: Duration = Field(timedelta(days=2), description="the newest part of the accepted events that models are compared on")
    refit: Duration = Field(
        timedelta(days=7), description="after so long everything is fitted and chosen anew; trainings in between learn on from the champion"
    )
    compact: bool = Field(default=True, description="keep tables of vectors in a quarter of their size, where that costs at most 1 % of Recall and NDCG")
    dimensions: int = Field(64, ge=4, le=1024)
    epochs: int = Field(8, ge=1)
    seed: int = 0

    @model_validator(mode="after")
    def _has_its_funnel(self) -> Recommender:
        if self.funnel and not self.kind:
            raise ValueError("kind must name the column of events that says what happened, where there is a funnel")
        if self.rerank.conversion and not self.funnel:
            raise ValueError("funnel must name the kinds of events from which the chance of a purchase is learned, where rerank.conversion is not 0")
        return self

    @property
    def reads(self) -> tuple[str, ...]:
        """Every dataset that is learned from; a retrain asks the gate of each."""
        more = (self.reviews, self.relations)
        return tuple(dict.fromkeys((self.events, self.items, *(each.dataset for each in more if each))))

    @property
    def item_columns(self) -> tuple[str, ...]:
        """Every column of items that is read, each once, beside the one that names the item."""
        ads, funnel = self.rerank.ads, self.funnel
        single = (self.title, *self.worded, self.image, self.rerank.margin_column, self.rerank.fresh_column, ads.bid if ads else None)
        wanted = (*single, *self.attributes, *(funnel.features if funnel else ()))
        return tuple(dict.fromkeys(name for name in wanted if name is not None and name != self.item))

    @property
    def called(self) -> str | None:
        """The column of `data.catalog` that is shown to people."""
        return "item" if self.title == self.item else self.title

    @property
    def worded(self) -> tuple[str, ...]:
        """The columns of items whose words are read."""
        return self.text or ((self.title,) if self.title else ())
