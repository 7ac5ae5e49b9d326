"""Settings of `recommender` in sluice.yaml: the data that it learns from, its models, and when a challenger becomes champion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from sluice.config.answers import Answers
from sluice.config.augmentation import Augmentation
from sluice.config.canary import Canary
from sluice.config.compact import Compact, CompactForm, compact_form
from sluice.config.duration import Duration
from sluice.config.exposures import Exposures
from sluice.config.model import Model, Name, StepConfig
from sluice.config.users import Users
from sluice.domain import PromotionPolicy
from sluice.errors import InvalidValue
from sluice.messages import make_error

MINILM, MULTILINGUAL = "minilm", "multilingual"  # language models that are installed beside Sluice
DERIVED = ("hour", "weekday")  # context that follows from the time of an event
DEFAULT_MODELS = ("cooccurrence", "two_tower", "content_knn", "blend")


class Reviews(Model):
    """Declare where opinions are written; that their words match their ratings is a rule of that dataset: expect_rating_to_match_sentiment."""

    dataset: Name = Field(description="dataset of reviews, mostly that of the events")
    item: str = Field(description="its column that names the item")
    text: str = Field(description="its column of words")


class Relations(Model):
    """Declare which users are related, so that a new user can be recommended what related users met."""

    dataset: Name = Field(description="dataset of pairs of users")
    user: str = Field(description="its column that names a user")
    related_user: str = Field(description="its column that names the related user")


class Funnel(Model):
    """Declare the kinds of events on the way to a purchase; click and conversion rates are learned on all impressions."""

    impression: str = Field(description="kind of an impression: an item that was shown to a user")
    click: str = Field(description="kind of a click")
    purchase: str = Field(description="kind of a conversion")
    session: str | None = Field(None, description="column of events: a click belongs to an impression of the same session")
    attribution_window: Duration = Field(timedelta(days=1), description="how long after an impression a click or conversion counts for it")
    features: tuple[str, ...] = Field((), description="columns of items that the conversion model reads beside rates and recency; numbers or categories")

    @model_validator(mode="after")
    def _require_three_kinds(self) -> Funnel:
        if len({self.impression, self.click, self.purchase}) < 3:
            raise make_error(InvalidValue, "funnel_kinds_repeat")
        return self


class Ads(Model):
    """Declare which items somebody pays for."""

    bid: str = Field(description="column of items: what a click is worth")
    slots: tuple[Annotated[int, Field(ge=1)], ...] = Field((2, 6), description="places of an answer that ads may take, counted from 1")
    min_relevance: float = Field(0.5, ge=0, le=1, description="relevance that an ad needs, as a share of that of the item whose place it takes")


class Rerank(Model):
    """Weight what the best candidates are ordered by; 0: off."""

    diversity: float = Field(0.0, ge=0, le=1, description="prefer items that differ from those ranked above")
    freshness: float = Field(0.0, ge=0, le=1e6, description="prefer items that came to the catalog lately")
    margin: float = Field(0.0, ge=0, le=1e6, description="prefer items that earn more")
    conversion: float = Field(0.0, ge=0, le=1e6, description="prefer items that are likelier bought; `funnel` says how that is learned")
    margin_column: str | None = Field(None, description="column of items: what one earns")
    released_at: str | None = Field(None, description="column of items: since when it is sold")
    half_life: Duration = Field(timedelta(days=14), description="after so long freshness counts half")
    ads: Ads | None = None

    @model_validator(mode="after")
    def _require_columns(self) -> Rerank:
        for weight, column, key in ((self.margin, self.margin_column, "margin_column"), (self.freshness, self.released_at, "released_at")):
            if weight and column is None:
                raise make_error(InvalidValue, "weight_without_column", key=key)
        if not self.half_life:
            raise make_error(InvalidValue, "half_life_zero")
        return self


class Promotion(Model):
    """Limit what a challenger may lose on the hold-out before it becomes champion."""

    tolerance: float = Field(0.01, ge=0, le=1, description="how much of NDCG@20 the 95 % interval of the difference may reach below the champion")
    max_segment_loss: float = Field(0.05, ge=0, le=1, description="how much of Recall@20 new users, tail items and heavy users may each lose, as a share")
    segment_limits: Mapping[str, float] = Field(default_factory=dict, description="the same by segment, where one has a limit of its own")
    max_coverage_loss: float = Field(0.1, ge=0, le=1, description="how much of coverage@20 may be lost, as a share")
    max_latency: float = Field(50.0, gt=0, description="milliseconds of processor time that 99 of 100 answers may take")
    max_size: int = Field(512 * 2**20, gt=0, description="bytes that a model may have")
    holdout_lifetime: Duration = Field(timedelta(days=14), description="for so long one hold-out judges every challenger, and none learns from it")

    def policy(self) -> PromotionPolicy:
        """Return the limits as a value of the domain."""
        return PromotionPolicy(self.tolerance, self.max_segment_loss, self.segment_limits, self.max_coverage_loss, self.max_latency, self.max_size)


class Recommender(Model):
    """Declare which datasets and columns the embedded recommender learns from, which models it fits, and when they serve."""

    events: Name = Field(description="dataset of behaviour events")
    items: Name = Field(description="dataset of catalog rows")
    user: str = Field(description="column of events that names the user")
    item: str = Field(description="column of both that names the item")
    item_key: str | None = Field(None, description="column of items that names the item, where its name differs from that in events")
    time: str = Field(description="column of events that says when")
    kind: str | None = Field(None, description="column of events that says what happened")
    region: str | None = Field(
        None, description="column of events that says where, such as a region; visitors without a history get what is popular in theirs; not personal"
    )
    weights: Mapping[str, Annotated[float, Field(gt=0, le=1e6)]] = Field(
        default_factory=dict, description="how much each kind counts; a kind not named is left out; empty: all count 1"
    )
    title: str | None = Field(None, description="column of items shown to people")
    attributes: tuple[str, ...] = Field((), description="columns of items that the item tower reads")
    text: tuple[str, ...] = Field((), description="columns of items whose words a language model reads; the title unless named")
    language_model: str | None = Field(
        None, description="minilm (English; the default), multilingual (16 languages), or the folder of a sentence-transformers model"
    )
    synonyms: tuple[Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=2)], ...] = Field(
        (), description="groups of words or phrases that stand for each other in queries: [[sofa, couch], [手机, 移动电话]]"
    )
    text_tokens: int = Field(64, ge=8, le=512, description="words and parts of words that the language model reads of a text, from its beginning")
    text_precision: Literal["int8", "float32"] = Field(
        "int8", description="how the language model multiplies; int8 applies to processors with AVX-512 VNNI, others and GPUs use float32"
    )
    image: str | None = Field(None, description="column of items: an embedding of its picture, as a list of numbers or JSON text")
    reviews: Reviews | None = None
    relations: Relations | None = None
    users: Users | None = Field(None, description="attributes of users that models may read, where that foretells choices better")
    context: tuple[str, ...] = Field(
        (),
        description="columns of events that say where and when an answer is shown, such as device, page or campaign, which requests may name; `hour` and "
        "`weekday` (UTC) follow from the time where no column has the name; read where that foretells choices better",
    )
    models: tuple[StepConfig, ...] = Field((), description=f"models that are fitted and compared; unless named: {', '.join(DEFAULT_MODELS)}")
    similarity: Literal["cosine", "dot", "euclidean"] = Field("cosine", description="similarity of a user's embedding to an item's")
    funnel: Funnel | None = None
    rerank: Rerank = Rerank()
    answers: Answers = Answers()
    promotion: Promotion = Promotion()
    canary: Canary | None = Field(None, description="show a challenger to some users before it becomes champion; needs `exposures`")
    exposures: Exposures | None = Field(None, description="log each answer, and join clicks to it; {} logs with the defaults")
    holdout: Duration = Field(timedelta(days=2), description="the newest part of the accepted events that models are compared on")
    refit: Duration = Field(
        timedelta(days=7), description="after so long everything is fitted and chosen anew; trainings in between continue from the champion"
    )
    compact: Annotated[CompactForm | Compact, BeforeValidator(compact_form)] = Field(
        "int8",
        description="form in which a model is stored, where it loses at most 1 % of Recall and NDCG on validation data: int8 (tables in a quarter of "
        "their size), float16 (in half of it), pruned (int8 without the smallest values) or none; or {form, max_loss}",
    )
    augmentation: Augmentation = Field(
        (),
        description="ways to change the sequences that two_tower learns from: none (the default), all, or a list of crop, mask, reorder, substitute, "
        "hard_negatives and tail; each is tried, and kept only where validation gains",
    )
    dimensions: int = Field(64, ge=4, le=1024, description="length of an embedding")
    epochs: int = Field(8, ge=1, description="passes over the training events")
    seed: int = Field(0, description="seed of every random choice")

    @model_validator(mode="after")
    def _require_exposures(self) -> Recommender:
        if self.canary and (self.exposures is None or self.exposures.users == "none"):
            raise make_error(InvalidValue, "canary_without_log")
        return self

    @model_validator(mode="after")
    def _require_funnel(self) -> Recommender:
        if self.funnel and not self.kind:
            raise make_error(InvalidValue, "funnel_without_kind")
        if self.rerank.conversion and not self.funnel:
            raise make_error(InvalidValue, "conversion_without_funnel")
        return self

    @property
    def compact_settings(self) -> Compact:
        """Return the form in which a model is stored, and what it may lose."""
        return self.compact if isinstance(self.compact, Compact) else Compact(form=self.compact)

    @property
    def reads(self) -> tuple[str, ...]:
        """Return every dataset that is learned from; a retrain asks the gate of each."""
        tables = (self.reviews, self.relations, self.users)
        return tuple(dict.fromkeys((self.events, self.items, *(table.dataset for table in tables if table))))

    @property
    def catalog_item(self) -> str:
        """Return the column of items that names the item."""
        return self.item_key or self.item

    @property
    def item_columns(self) -> tuple[str, ...]:
        """Return every column of items that is read, each once, beside the one that names the item."""
        ads, funnel = self.rerank.ads, self.funnel
        single = (self.title, *self.text_columns, self.image, self.rerank.margin_column, self.rerank.released_at, ads.bid if ads else None)
        conditions = (condition.column for _, condition in self.answers.conditions())
        columns = (*single, *conditions, *self.attributes, *(funnel.features if funnel else ()))
        return tuple(dict.fromkeys(name for name in columns if name is not None and name != self.catalog_item))

    @property
    def users_key(self) -> str:
        """Return the column of `users.dataset` that names the user."""
        return (self.users.user if self.users else None) or self.user

    @property
    def click_kinds(self) -> tuple[str, ...]:
        """Return the kinds of events that count as a click on what was shown; none: every event does."""
        named = self.exposures.clicks if self.exposures else ()
        return named or ((self.funnel.click,) if self.funnel else tuple(self.weights))

    @property
    def title_column(self) -> str | None:
        """Return the column of `data.catalog` that is shown to people."""
        return "item" if self.title == self.catalog_item else self.title

    @property
    def text_columns(self) -> tuple[str, ...]:
        """Return the columns of items whose words are read."""
        return self.text or ((self.title,) if self.title else ())
