"""Train the recommender on open runs: models are selected on the days before the hold-out, and measured on the hold-out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from recommender.artifact.serialization import SIDE, TrainedRecommender, deserialize
from recommender.conversion import TrainedConversion, train_conversion
from recommender.data.training_data import MetricLogger, discard_metric
from recommender.evaluation.trusted_holdout import TrustedHoldout, renew_trusted_holdout
from recommender.explain.sample_explanations import explain_samples
from recommender.models.fitting import EVENT_INDEPENDENT, InitModels
from recommender.models.popularity import Popularity
from recommender.promotion.answer_checks import digest_answers
from recommender.ranker import Arrays, Ranker
from recommender.serving.ann_recall import measure_ann_recall
from recommender.text.content_features import configured_encoder
from recommender.training import card
from recommender.training.augmentation_selection import select_augmentation
from recommender.training.candidates import FALLBACK, SELECTION_METRIC, Candidates, ModelSelection, evaluate_ranker, select_model
from recommender.training.champion import AUGMENTATION, Champion, full_refit_reason
from recommender.training.dataset import RecommenderDataset, Resources
from recommender.training.side_selection import select_side
from sluice.config import Recommender
from sluice.domain import Artifact, Message
from sluice.ports import Progress, Snapshot, no_progress

NAME = "recommender"
STEPS = 4  # that progress is reported after
TEXT = "text"  # modality of the text embeddings


@dataclass(frozen=True, slots=True)
class RecommenderTrainer:
    """Learn from the rows of some runs; a Trainer, created anew for each decision.

    Attributes:
        config: Datasets, columns and models.
        runs: Open runs of the decisions that allow the training: no other row of the events is read.
        cache: Folder that caches text embeddings; None: they are computed anew.
        log_metric: Receives the losses while models learn.
        progress: Called with each step, and with the texts that are embedded.
    """

    config: Recommender
    runs: tuple[str, ...]
    cache: Path | None = None
    log_metric: MetricLogger = discard_metric
    progress: Progress = no_progress

    @property
    def name(self) -> str:
        """Return the name of the registered model."""
        return NAME

    def train(self, snapshot: Snapshot, *, seed: int) -> Artifact:
        """Select a model on the newest days before the cutoff, fit again with them, and measure on the hold-out.

        The model and the weights of a blend are selected before the hold-out is used, so it stays an independent test. Where the champion
        was fitted lately, its selection is reused, and the models continue from it. The artifact is the one that was measured: it is not
        fitted again with the hold-out.

        Raises:
            ModelError: There is too little to learn from, or a configured model does not exist; the message says what is missing.
        """
        self._report(0)
        champion = Champion.of(snapshot, NAME)
        trusted = champion.trusted_holdout if champion else None
        dataset = RecommenderDataset.of(snapshot, self.config, self.runs, trusted, Resources(self.cache, self.log_metric, self.progress))
        self._report(1)
        candidates = Candidates.of(self.config, has_texts=TEXT in dataset.training_data.content)
        reason = full_refit_reason(champion, candidates.settings, dataset.holdout.cutoff, snapshot, self.config, self.runs)
        dataset, side, fitted = self._select_side(candidates, dataset, None if reason else champion, seed)
        dataset, augmentation, fitted = self._select_augmentation(candidates, dataset, None if reason else champion, seed, fitted)
        selection, models, start = self._fit(candidates, dataset, champion, reason, seed, fitted)
        self._report(2)
        conversion = self._fit_conversion(snapshot, dataset, seed)
        self._report(3)
        fallback = cast("Popularity", models[FALLBACK])
        trained = TrainedRecommender(selection.kind, dataset.training_data.vocabulary, models[selection.kind], fallback, _parts(conversion, dataset))
        test_set = dataset.test_set()
        tensors, size = selection.form.store(trained)
        learning = {"chosen": selection.to_card(), "start": start, "conversion": dict(conversion.card), "size": size, "seed": seed, **side, **augmentation}
        results = card.describe_results(selection.kind, candidates.evaluate(models, test_set))
        stored = self._describe_stored(snapshot, dataset, trusted, deserialize(tensors))
        self._report(STEPS)
        return Artifact(tensors, self._describe_sources(snapshot, dataset) | results | learning | stored)

    def _report(self, done: int) -> None:
        """Report how many steps are done: the data are read, models selected and fitted, conversion fitted, the model measured as it is stored."""
        self.progress(Message.of("step_training"), done, STEPS)

    def _describe_sources(self, snapshot: Snapshot, dataset: RecommenderDataset) -> dict[str, object]:
        """Return the card's entries on the data, the settings, and the language model that embedded the texts."""
        settings: dict[str, object] = {"settings": self.config.model_dump(mode="json")}
        if TEXT in dataset.training_data.content:
            encoder = configured_encoder(self.config)
            settings["text"] = {"encoder": encoder.name, "precision": encoder.used_precision}
        return card.describe_sources(snapshot, self.config, self.runs) | card.describe_data(dataset.holdout, dataset.training_data.items) | settings

    def _describe_stored(
        self, snapshot: Snapshot, dataset: RecommenderDataset, trusted: TrustedHoldout | None, stored: TrainedRecommender
    ) -> dict[str, object]:
        """Return the card's entries on later evaluations, and on the answers and the index of the stored model."""
        histories = dataset.test_set().histories
        return {
            "trusted": renew_trusted_holdout(trusted, dataset.holdout.cutoff, snapshot, self.runs, self.config).to_card(),
            "answers": digest_answers(stored.ranker, histories),
            "index": measure_ann_recall(stored.ranker, histories),
            "samples": explain_samples(stored, dataset.holdout.histories, dataset.catalog, self.config),
        }

    def _select_side(
        self, candidates: Candidates, dataset: RecommenderDataset, champion: Champion | None, seed: int
    ) -> tuple[RecommenderDataset, dict[str, object], Mapping[str, Ranker]]:
        """Return the data with the attributes of users and the context that are read, the card's entry, and models that are fitted already.

        Args:
            candidates: The competing models.
            dataset: Without them.
            champion: The model that is continued, which reads what it read; None: the choice is made anew.
            seed: Seed of everything that is random.
        """
        fitted = candidates.fit_event_independent(dataset.training_data, seed) if champion is None else {}
        if champion is not None:
            return dataset.with_side(champion.side), {SIDE: champion.card[SIDE]} if SIDE in champion.card else {}, fitted
        chosen = select_side(candidates, dataset, self.config, seed, fitted)
        return dataset.with_side(chosen.side), {SIDE: chosen.card} if chosen.card else {}, {**fitted, **chosen.fitted}

    def _select_augmentation(
        self, candidates: Candidates, dataset: RecommenderDataset, champion: Champion | None, seed: int, fitted: Mapping[str, Ranker]
    ) -> tuple[RecommenderDataset, dict[str, object], Mapping[str, Ranker]]:
        """Return the data with the augmentation that the towers learn with, the card's entry, and models that are fitted already; arguments as above."""
        if champion is not None:
            entry = {AUGMENTATION: champion.card[AUGMENTATION]} if AUGMENTATION in champion.card else {}
            return dataset.with_augmentation(champion.augmentation), entry, fitted
        same = {name: model for name, model in fitted.items() if name in EVENT_INDEPENDENT}
        chosen = select_augmentation(candidates, dataset, self.config, seed, same)
        return dataset.with_augmentation(chosen.kinds), {AUGMENTATION: chosen.card} if chosen.card else {}, same if chosen.kinds else fitted

    def _fit(
        self,
        candidates: Candidates,
        dataset: RecommenderDataset,
        champion: Champion | None,
        reason: Message | None,
        seed: int,
        early: Mapping[str, Ranker],
    ) -> tuple[ModelSelection, dict[str, Ranker], dict[str, object]]:
        """Return the selection, all models, and the card's entry on how they started."""
        data, init_models = dataset.training_data, champion.rankers if champion else {}
        if champion and reason is None:
            selection = champion.selection()
            models = candidates.with_blend(candidates.fit(data, seed, init_models), selection.weights)
            return selection, models, {"full": False, "fitted": str(champion.card["start"]["fitted"])}
        fitted = {name: model for name, model in early.items() if name in EVENT_INDEPENDENT}
        selection = select_model(candidates, data, dataset.validation_set(self.config), seed, early, self.config.compact_settings)
        models = candidates.with_blend(candidates.fit(data, seed, fitted_models=fitted), selection.weights)
        start = {"full": True, "reason": reason.to_json() if reason else None, "fitted": dataset.holdout.cutoff.isoformat()}
        return selection, models, start | (_compare_warm_start(candidates, dataset, selection, models, init_models, seed) if init_models else {})

    def _fit_conversion(self, snapshot: Snapshot, dataset: RecommenderDataset, seed: int) -> TrainedConversion:
        """Fit the conversion model where a funnel is configured."""
        data = dataset.training_data
        inputs = (snapshot, self.config, self.runs, data.vocabulary, dataset.catalog, dataset.holdout.cutoff)
        return train_conversion(*inputs, text_embeddings=data.content.get(TEXT), sealed=dataset.excluded, seed=seed, log_metric=self.log_metric)


def _compare_warm_start(
    candidates: Candidates, dataset: RecommenderDataset, selection: ModelSelection, models: Mapping[str, Ranker], init_models: InitModels, seed: int
) -> dict[str, object]:
    """Return the metric that a warm start from the champion would have reached on the hold-out, beside the full fit."""
    unlogged = dataset.training_data.with_events(dataset.training_data.events)
    fitted = {name: model for name, model in models.items() if name in EVENT_INDEPENDENT}
    warm = candidates.with_blend(candidates.fit(unlogged, seed, init_models, fitted), selection.weights)[selection.kind]
    reached, full = (evaluate_ranker(ranker, dataset.test_set())[SELECTION_METRIC] for ranker in (warm, models[selection.kind]))
    return {"warm": {SELECTION_METRIC: reached, "lost": 1 - reached / full if full else 0.0}}


def _parts(conversion: TrainedConversion, dataset: RecommenderDataset) -> Mapping[str, Arrays]:
    side = {} if dataset.side is None else {SIDE: dataset.side.to_arrays()}
    return side if conversion.model is None else {"conversion": conversion.model.to_arrays(), **side}
