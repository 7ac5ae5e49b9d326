"""Trains the recommender's models on what a gate lets through: chosen on the days before the hold-out, compared on it, and the better kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

import polars as pl

from recommender import card
from recommender.artifact import Learned, pack, unpack
from recommender.attributes import features
from recommender.candidates import FLOOR, TEXT, Candidates, choose, measured
from recommender.comparing.answers import answers
from recommender.data import catalog, interactions
from recommender.heads import Fitted, fit_heads
from recommender.holdout import Holdout, cut_of, hold_out
from recommender.material import Material
from recommender.models.popularity import Popularity
from recommender.modes import modes
from recommender.ranker import Arrays
from recommender.sequences import Vocabulary, sequences
from recommender.sizing import smallest
from recommender.trusted import Trusted, renewed
from recommender.validation import Validation, last_of_each, newest_of_each
from recommender.watch import Watch, unwatched
from sluice.config import Recommender
from sluice.domain import Artifact
from sluice.errors import ModelError
from sluice.ports import Snapshot

NAME = "recommender"
ENOUGH_EVENTS = 100  # interactions before the cut
ENOUGH_USERS = 10  # users with a target since the cut


@dataclass(frozen=True, slots=True)
class RecommenderTrainer:
    """Learns from the rows of some runs; a Trainer, made anew for each decision.

    Attributes:
        config: What to read and how to learn.
        runs: The open runs of the decisions that let it train: no other row of the events is read.
        cache: A folder that remembers what words say; None: they are read anew.
        watch: Told of losses while the models learn.
    """

    config: Recommender
    runs: tuple[str, ...]
    cache: Path | None = None
    watch: Watch = unwatched

    @property
    def name(self) -> str:
        """The line of models."""
        return NAME

    def train(self, past: Snapshot, *, seed: int) -> Artifact:
        """Choose on the newest days before the cut, fit again with them, and measure on what came after the cut.

        What serves, and how much each part of a blend counts, is chosen before the hold-out is opened, so that it judges what had no
        part in it. The artifact is what was measured: it is not fitted again with the hold-out.

        Raises:
            ModelError: There is too little to learn from, or a model is configured that does not exist; says what is missing.
        """
        events = interactions(past, self.config, self.runs)
        trusted = _trusted(past)
        cut = cut_of(events, self.config.holdout, _until(past, self.config, self.runs))
        sealed = trusted.holds(pl.col("time")) if trusted else None
        held = _enough(hold_out(events, cut, sealed=sealed) if cut else None)
        items = catalog(past, self.config, self.runs)
        material = self._material(held, items)
        candidates = Candidates.of(self.config, worded=TEXT in material.modes)
        choice = choose(candidates, material, self._validation(held, material.vocabulary), seed)
        models = candidates.joined(candidates.fit(material, seed), choice.weights)
        asked = newest_of_each(held, material.vocabulary)
        heads = self._heads(past, items, held, material, sealed, seed)
        learned = Learned(choice.kind, material.vocabulary, models[choice.kind], cast("Popularity", models[FLOOR]), _parts(heads))
        tensors, size = self._packed(learned, asked)
        return Artifact(
            tensors,
            card.sources(past, self.config, self.runs)
            | card.counts(held, material.items)
            | card.results(choice.kind, {name: measured(ranker, asked) for name, ranker in models.items()})
            | {"chosen": choice.card(), "heads": dict(heads.card), "size": size, "settings": self.config.model_dump(mode="json"), "seed": seed}
            | {
                "trusted": renewed(trusted, held.cut, past, self.runs, self.config).card(),
                "answers": answers(unpack(tensors).ranker, asked.histories),
            },
        )

    def _material(self, held: Holdout, items: pl.DataFrame) -> Material:
        vocabulary = _vocabulary(held.train, items)
        return Material(
            sequences(held.train, vocabulary),
            vocabulary,
            features(items, self.config.attributes, vocabulary),
            modes(items, self.config, vocabulary, self.cache),
            dimensions=self.config.dimensions,
            epochs=self.config.epochs,
            similarity=self.config.similarity,
            watch=self.watch,
        )

    def _validation(self, held: Holdout, vocabulary: Vocabulary) -> Validation:
        """The newest days before the cut; where these ask too few users, everybody's last interaction before it."""
        newest = cast("datetime", held.train["time"].max())
        days = newest_of_each(hold_out(held.train, newest - self.config.holdout), vocabulary)
        enough = days.asked >= ENOUGH_USERS and len(days.learned.items) >= ENOUGH_EVENTS
        return days if enough else last_of_each(sequences(held.train, vocabulary))

    def _heads(self, past: Snapshot, items: pl.DataFrame, held: Holdout, material: Material, sealed: pl.Expr | None, seed: int) -> Fitted:
        """What showing an item comes to, learned where a funnel is configured."""
        words = material.modes.get(TEXT)
        return fit_heads(
            past, self.config, self.runs, material.vocabulary, items, held.cut, vectors=words, sealed=sealed, seed=seed, log=self.watch
        )  # fmt: skip

    def _packed(self, learned: Learned, asked: Validation) -> tuple[bytes, dict[str, object]]:
        if self.config.compact:
            return smallest(learned, lambda one: measured(one.ranker, asked))
        tensors = pack(learned)
        return tensors, {"compact": False, "bytes": len(tensors)}


def _parts(heads: Fitted) -> Mapping[str, Arrays]:
    return {} if heads.heads is None else {"heads": heads.heads.arrays()}


def _trusted(past: Snapshot) -> Trusted | None:
    """The hold-out that the champion was judged on; None where none serves, or where it is lost."""
    try:
        champion = past.model(NAME)
    except ModelError:
        return None
    return Trusted.of(champion.card) if champion else None


def _enough(held: Holdout | None) -> Holdout:
    events = held.train.height if held else 0
    users = held.targets.height if held else 0
    if held is None or events < ENOUGH_EVENTS or users < ENOUGH_USERS:
        raise ModelError(
            f"the recommender has too little to learn from in the open runs: {events:,} interactions before the hold-out ({ENOUGH_EVENTS} are needed), "
            f"and {users:,} users who met a new item since ({ENOUGH_USERS} are needed)"
        )
    return held


def _vocabulary(train: pl.DataFrame, items: pl.DataFrame) -> Vocabulary:
    known = pl.concat([train["item"], items["item"]]).unique().sort()
    return Vocabulary(tuple(known), tuple(train["kind"].drop_nulls().unique().sort()))


def _until(past: Snapshot, config: Recommender, runs: Sequence[str]) -> datetime | None:
    """When the newest run was judged: an event from after that has a clock that runs ahead."""
    return max((run.at for run in past.runs(config.events) if run.id in runs), default=None)
