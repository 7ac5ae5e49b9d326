"""Trains the recommender's models on what a gate lets through: chosen on the days before the hold-out, compared on it, and the better kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from recommender.artifact.serialization import TrainedRecommender, deserialize, serialize
from recommender.conversion import TrainedConversion, train_conversion
from recommender.data.sequences import Vocabulary
from recommender.data.training_data import MetricLogger, discard_metric
from recommender.evaluation.trusted_holdout import TrustedHoldout, renew_trusted_holdout
from recommender.evaluation.validation import EvaluationSet
from recommender.explain.sample_explanations import explain_samples
from recommender.models.fitting import EVENT_INDEPENDENT
from recommender.models.popularity import Popularity
from recommender.promotion.answer_checks import digest_answers
from recommender.ranker import Arrays, Ranker
from recommender.serving.ann_recall import measure_ann_recall
from recommender.training import card
from recommender.training.candidates import DECIDES, FLOOR, TEXT, Candidates, ModelSelection, evaluate_ranker, select_model
from recommender.training.champion import Champion, full_refit_reason
from recommender.training.dataset import RecommenderDataset
from recommender.training.model_size import serialize_smallest
from sluice.config import Recommender
from sluice.domain import Artifact
from sluice.ports import Snapshot

NAME = "recommender"


@dataclass(frozen=True, slots=True)
class RecommenderTrainer:
    """Learns from the rows of some runs; a Trainer, made anew for each decision.

    Attributes:
        config: What to read and how to learn.
        runs: The open runs of the decisions that let it train: no other row of the events is read.
        cache: A folder that remembers what words say; None: they are read anew.
        log_metric: Receives the losses while models learn.
    """

    config: Recommender
    runs: tuple[str, ...]
    cache: Path | None = None
    log_metric: MetricLogger = discard_metric

    @property
    def name(self) -> str:
        """The line of models."""
        return NAME

    def train(self, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Choose on the newest days before the cut, fit again with them, and measure on what came after the cut.

        What serves, and how much each part of a blend counts, is chosen before the hold-out is opened, so that it judges what had no
        part in it. Where the champion was fitted lately, all that is kept as it was chosen, and the models learn on from it. The artifact
        is what was measured: it is not fitted again with the hold-out.

        Raises:
            ModelError: There is too little to learn from, or a model is configured that does not exist; says what is missing.
        """
        champion = Champion.of(snapshot, NAME)
        trusted = champion.trusted if champion else None
        read = RecommenderDataset.of(snapshot, self.config, self.runs, trusted, self.cache, self.log_metric)
        candidates = Candidates.of(self.config, worded=TEXT in read.material.content)
        why = full_refit_reason(champion, candidates.settings, read.held.cut, snapshot, self.config, self.runs)
        choice, models, start = self._learned(candidates, read, champion, why, seed)
        heads = self._heads(snapshot, read, seed)
        learned = TrainedRecommender(choice.kind, read.material.vocabulary, models[choice.kind], cast("Popularity", models[FLOOR]), _parts(heads))
        asked = read.asked()
        tensors, size = self._packed(learned, asked)
        learning = {"chosen": choice.card(), "start": start, "conversion": dict(heads.card), "size": size, "seed": seed}
        results = card.results(choice.kind, candidates.measured(models, asked))
        return Artifact(tensors, self._read(snapshot, read) | results | learning | self._kept(snapshot, read, trusted, deserialize(tensors)))

    def _read(self, snapshot: Snapshot, read: RecommenderDataset) -> dict[str, object]:
        """For the card: what it learned from, and how that was asked for."""
        settings = {"settings": self.config.model_dump(mode="json")}
        return card.sources(snapshot, self.config, self.runs) | card.counts(read.held, read.material.items) | settings

    def _kept(self, snapshot: Snapshot, read: RecommenderDataset, trusted: TrustedHoldout | None, kept: TrainedRecommender) -> dict[str, object]:
        """For the card: what judges it from now on, what it answers as it is kept, and how its best items are found."""
        return {
            "trusted": renew_trusted_holdout(trusted, read.held.cut, snapshot, self.runs, self.config).card(),
            "answers": digest_answers(kept.ranker, read.asked().histories),
            "index": measure_ann_recall(kept.ranker, read.asked().histories),
            "samples": explain_samples(kept, read.held.histories, read.items, self.config),
        }

    def _learned(
        self, candidates: Candidates, read: RecommenderDataset, champion: Champion | None, why: str, seed: int
    ) -> tuple[ModelSelection, dict[str, Ranker], dict[str, object]]:
        """What is to serve, all models, and for the card how they started."""
        since = champion.rankers if champion else {}
        if champion and not why:
            choice = champion.choice()
            models = candidates.joined(candidates.fit(read.material, seed, since), choice.weights)
            return choice, models, {"whole": False, "fitted": str(champion.card["start"]["fitted"])}
        fit_event_independent = candidates.fit_event_independent(read.material, seed)
        choice = select_model(candidates, read.material, read.validation(self.config), seed, fit_event_independent)
        models = candidates.joined(candidates.fit(read.material, seed, beside=fit_event_independent), choice.weights)
        start = {"whole": True, "why": why, "fitted": read.held.cut.isoformat()}
        return choice, models, start | (_loss(candidates, read, choice, models, since, seed) if since else {})

    def _heads(self, snapshot: Snapshot, read: RecommenderDataset, seed: int) -> TrainedConversion:
        """What showing an item comes to, learned where a funnel is configured."""
        words = read.material.content.get(TEXT)
        about = (snapshot, self.config, self.runs, read.material.vocabulary, read.items, read.held.cut)
        return train_conversion(*about, text_embeddings=words, sealed=read.sealed, seed=seed, log_metric=self.log_metric)

    def _packed(self, learned: TrainedRecommender, asked: EvaluationSet) -> tuple[bytes, dict[str, object]]:
        if self.config.quantize:
            return serialize_smallest(learned, lambda one: evaluate_ranker(one.ranker, asked))
        tensors = serialize(learned)
        return tensors, {"compact": False, "bytes": len(tensors)}


def _loss(
    candidates: Candidates,
    read: RecommenderDataset,
    choice: ModelSelection,
    models: Mapping[str, Ranker],
    since: Mapping[str, tuple[Vocabulary, Ranker]],
    seed: int,
) -> dict[str, object]:
    """What learning on from the champion would have reached beside the whole fit, on the hold-out."""
    quiet = read.material.with_events(read.material.events)
    beside = {name: each for name, each in models.items() if name in EVENT_INDEPENDENT}
    warm = candidates.joined(candidates.fit(quiet, seed, since, beside), choice.weights)[choice.kind]
    reached, fully = (evaluate_ranker(each, read.asked())[DECIDES] for each in (warm, models[choice.kind]))
    return {"warm": {DECIDES: reached, "lost": 1 - reached / fully if fully else 0.0}}


def _parts(heads: TrainedConversion) -> Mapping[str, Arrays]:
    return {} if heads.model is None else {"conversion": heads.model.to_arrays()}
