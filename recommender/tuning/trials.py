"""Fit the models with the values of a trial, and measure them on validation data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from recommender.data.training_data import TrainingData
from recommender.evaluation.metrics import rank_items
from recommender.evaluation.validation import EvaluationSet
from recommender.models.fitting import NOTHING
from recommender.ranker import Ranker, Scorer
from recommender.training.candidates import CONTENT_MODELS, Candidates
from recommender.training.champion import relevant_settings
from recommender.training.dataset import RecommenderDataset
from recommender.tuning.parameters import Parameter, tuned_parameters, with_values
from sluice.config import Recommender
from sluice.domain.tuning import Values
from sluice.errors import ModelError
from sluice.messages import make_error

TOP = 20
REPORTS = 4  # measurements while the towers are trained, at equal shares of their epochs
REPORT_USERS = 2000  # users of such a measurement
MAX_USERS = 8000  # users of either half of the validation data
MIN_USERS = 10  # of either half


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold what came of a trial.

    Attributes:
        kind: The model that would serve.
        ndcg: Its NDCG@20 on the users that settings are chosen by.
        ranks: Rank of the target of each other user, counted from 0; 20 stands for all that are worse.
    """

    kind: str
    ndcg: float
    ranks: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TuningData:
    """Hold all that trials share: the data, the models that no tuned setting changes, and both halves of the validation data.

    Attributes:
        config: The present configuration.
        parameters: The tuned settings.
        data: Data to learn from, without the validation data.
        fixed: Models that no tuned setting changes.
        choosing: The users that settings are chosen by.
        confirming: The others, by whom the choice is confirmed.
        seed: Seed of everything that is random.
    """

    config: Recommender
    parameters: tuple[Parameter, ...]
    data: TrainingData
    fixed: Mapping[str, Ranker]
    choosing: EvaluationSet
    confirming: EvaluationSet
    seed: int

    @classmethod
    def of(cls, config: Recommender, dataset: RecommenderDataset, seed: int) -> Self:
        """Split the validation data by users, and fit what all trials share.

        Raises:
            ModelError: No configured model has a setting that is tuned, or there are too few users.
        """
        parameters = tuned_parameters(config)
        if not parameters:
            raise make_error(ModelError, "nothing_to_tune")
        validation = dataset.validation_set(config)
        choosing, confirming = halve(validation, seed)
        if min(choosing.size, confirming.size) < MIN_USERS:
            raise make_error(ModelError, "tuning_too_few_users", users=validation.size, needed=2 * MIN_USERS)
        data = dataset.training_data.with_events(validation.train)
        return cls(config, parameters, data, _fit_fixed(config, parameters, data, seed), choosing, confirming, seed)

    @property
    def identity(self) -> object:
        """Return what the figures of trials depend on beside the data and the tuned values: settings that change what is learned."""
        fixed = with_values(self.config, {parameter.key: parameter.low for parameter in self.parameters})
        return relevant_settings(fixed.model_dump(mode="json"))

    def measure(self, values: Values, should_go_on: Callable[[int, float], None]) -> Measured:
        """Fit the models with some values, choose the one that would serve, and measure it.

        Args:
            values: Values of the tuned settings.
            should_go_on: Called with the percent of the towers' epochs and their NDCG@20 then; it raises to end the trial.
        """
        config = with_values(self.config, values)
        candidates = Candidates.of(config, has_texts=bool(CONTENT_MODELS & set(self.fixed)))
        data = replace(self.data, dimensions=config.dimensions, epochs=config.epochs, on_epoch=self._reports(should_go_on))
        fitted = candidates.fit(data, self.seed, fitted_models=self.fixed)
        models = candidates.with_blend(fitted, candidates.tune_weights(fitted, self.choosing))
        reached = {name: mean_ndcg(models[name], self.choosing) for name in candidates.competing if name in models}
        kind = max(reached, key=lambda name: reached[name])
        return Measured(kind, reached[kind], _ranks(models[kind], self.confirming))

    def _reports(self, should_go_on: Callable[[int, float], None]) -> Callable[[float, Callable[[], Scorer]], None]:
        """Return what measures the towers while they are trained."""
        sample = take_users(self.choosing, np.arange(self.choosing.size)[:REPORT_USERS])
        reported = {100}

        def report(share: float, ranker: Callable[[], Scorer]) -> None:
            percent = int(share * REPORTS) * 100 // REPORTS
            if percent and percent not in reported:
                reported.add(percent)
                should_go_on(percent, mean_ndcg(ranker(), sample))

        return report


def halve(validation: EvaluationSet, seed: int) -> tuple[EvaluationSet, EvaluationSet]:
    """Divide the users whose target is known at random."""
    users = np.flatnonzero(validation.targets >= 0)
    shuffled = np.random.default_rng(seed).permutation(users)
    middle = len(shuffled) // 2
    return take_users(validation, shuffled[:middle][:MAX_USERS]), take_users(validation, shuffled[middle:][:MAX_USERS])


def take_users(evaluation: EvaluationSet, users: np.ndarray[tuple[int], np.dtype[np.int64]]) -> EvaluationSet:
    """Return an evaluation set of some of the users."""
    new = evaluation.is_new_user[users] if len(evaluation.is_new_user) else evaluation.is_new_user
    return replace(evaluation, histories=evaluation.histories.select_users(users), targets=evaluation.targets[users], is_new_user=new)


def mean_ndcg(ranker: Scorer, evaluation: EvaluationSet) -> float:
    """Return the mean NDCG@20."""
    return float(rank_items(ranker, evaluation.histories, evaluation.targets).gains.mean())


def _ranks(ranker: Scorer, evaluation: EvaluationSet) -> tuple[int, ...]:
    ranks = rank_items(ranker, evaluation.histories, evaluation.targets).ranks
    return tuple(int(rank) for rank in np.minimum(ranks, TOP))


def _fit_fixed(config: Recommender, parameters: Sequence[Parameter], data: TrainingData, seed: int) -> Mapping[str, Ranker]:
    """Fit the models that no tuned setting changes."""
    tuned = {parameter.model for parameter in parameters} | ({"neumf", "logistic_mf"} if any(not parameter.model for parameter in parameters) else set())
    candidates = Candidates.of(config, has_texts="text" in data.content)
    settings = {name: chosen for name, chosen in candidates.settings.items() if name not in tuned}
    return replace(candidates, settings=settings).fit(data, seed, fitted_models=NOTHING)
