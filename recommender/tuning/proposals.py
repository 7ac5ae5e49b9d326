"""Propose the next values to try, and decide whether a trial goes on, by Optuna: TPE, and pruning by the median."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from recommender.tuning.parameters import Parameter
from sluice.domain.tuning import TuningTrial, Values

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial, Trial

RANDOM_TRIALS = 6  # before values are proposed by those that were tried
SEED_STEP = 7919  # keeps the seeds of the trials of two studies apart
UNPRUNED_TRIALS = 4  # complete ones before others are pruned


class TrialPlan:
    """Name the values of the next trial, and decide whether it goes on."""

    def __init__(self, parameters: Sequence[Parameter], trials: Sequence[TuningTrial], seed: int, values: Values | None = None) -> None:
        """Propose values.

        The same trials and seed give the same proposal, whether they were made by one call or by several.

        Args:
            parameters: The tuned settings.
            trials: Those that were made.
            seed: Seed of everything that is random.
            values: Values to try in place of a proposal.
        """
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        tried = [trial.values for trial in trials]
        wide = [parameter.including(one[parameter.key] for one in tried if parameter.key in one) for parameter in parameters]
        distributions = {parameter.key: _distribution(parameter) for parameter in wide}
        sampler = optuna.samplers.TPESampler(seed=SEED_STEP * seed + len(trials), n_startup_trials=RANDOM_TRIALS)
        study = optuna.create_study(direction="maximize", sampler=sampler, pruner=optuna.pruners.MedianPruner(n_startup_trials=UNPRUNED_TRIALS))
        study.add_trials([_frozen(trial, distributions) for trial in trials if trial.values.keys() == distributions.keys()])
        self._trial: Trial = study.ask(None if values is not None else distributions)
        self._prunable = values is None
        self.values: Mapping[str, float] = values or {parameter.key: parameter.rounded(self._trial.params[parameter.key]) for parameter in wide}

    def should_prune(self, percent: int, ndcg: float) -> bool:
        """Return True where the trial did worse than most others after as many percent of their epochs."""
        self._trial.report(ndcg, percent)
        return self._prunable and self._trial.should_prune()


def _distribution(parameter: Parameter) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if parameter.choices:
        return CategoricalDistribution(parameter.choices)
    if parameter.whole:
        return IntDistribution(int(parameter.low), int(parameter.high), log=parameter.log)
    return FloatDistribution(parameter.low, parameter.high, log=parameter.log)


def _frozen(trial: TuningTrial, distributions: Mapping[str, BaseDistribution]) -> FrozenTrial:
    """Return a trial as Optuna knows it."""
    from optuna.trial import TrialState, create_trial

    state = TrialState.COMPLETE if trial.state == "complete" else TrialState.PRUNED
    value = trial.ndcg if trial.state == "complete" else None
    steps = dict(trial.steps or {})
    return create_trial(params=dict(trial.values), distributions=dict(distributions), state=state, value=value, intermediate_values=steps)
