"""Make trials one after the other, and name the best: chosen by some of the users of the validation data, confirmed by the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommender.evaluation.certainty import exceeds
from recommender.evaluation.metrics import Reals
from recommender.tuning.journal import Journal, RecordedTrial
from recommender.tuning.parameters import present_values
from recommender.tuning.proposals import TrialPlan
from recommender.tuning.trials import TOP, TuningData
from sluice.domain.tuning import TuningResult, TuningTrial, Values


class TrialEnded(Exception):
    """Report that a trial ends early; it holds what is kept of it, or nothing where the time is over."""

    def __init__(self, trial: TuningTrial | None) -> None:
        """Store what is kept."""
        super().__init__()
        self.trial = trial


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Make trials, and keep them.

    Attributes:
        data: What trials share.
        journal: Where they are kept.
        clock: Returns seconds that only grow.
    """

    data: TuningData
    journal: Journal
    clock: Callable[[], float]

    @property
    def present(self) -> Values:
        """Return the present values of the tuned settings."""
        return present_values(self.data.config, self.data.parameters)

    def run_trial(self, seconds: float) -> TuningTrial | None:
        """Make the next trial, and keep it.

        The first one has the present settings and is made to its end whatever time it takes, as all others are compared with it; the second one has
        those that were best in an earlier study of other data.

        Args:
            seconds: Seconds that are left.

        Returns:
            None where the time was over before it had ended.
        """
        recorded = self.journal.read()
        trials = [one.trial for one in recorded]
        first = self._complete(trials, self.present) is None
        if seconds <= 0 and not first:
            return None
        plan = TrialPlan(self.data.parameters, trials, self.data.seed, self.present if first else self._earlier_best(trials))
        begun, steps = self.clock(), dict[int, float]()
        number = 1 + max((trial.number for trial in trials), default=-1)

        def go_on(percent: int, ndcg: float) -> None:
            steps[percent] = ndcg
            spent = self.clock() - begun
            if plan.should_prune(percent, ndcg):
                raise TrialEnded(TuningTrial(number, plan.values, "pruned", ndcg, spent, steps=steps))
            if spent > seconds and not first:
                raise TrialEnded(None)

        try:
            measured = self.data.measure(plan.values, go_on)
        except TrialEnded as end:
            if end.trial:
                self.journal.append(RecordedTrial(end.trial))
            return end.trial
        trial = TuningTrial(number, plan.values, "complete", measured.ndcg, self.clock() - begun, measured.kind, steps)
        self.journal.append(RecordedTrial(trial, measured.ranks))
        return trial

    def result(self) -> TuningResult:
        """Return the best of all complete trials; the trial with the present settings must be among them."""
        recorded = {one.trial.number: one for one in self.journal.read()}
        trials = tuple(one.trial for one in recorded.values())
        present = self._complete(trials, self.present)
        assert present is not None  # noqa: S101  # the first trial has been made
        best = max((trial for trial in trials if trial.state == "complete"), key=lambda trial: (trial.ndcg, trial.number == present.number))
        before, after = (_gains(recorded[trial.number].ranks) for trial in (present, best))
        users = (self.data.choosing.size, self.data.confirming.size)
        without_steps = tuple(replace(trial, steps=None) for trial in trials)
        return TuningResult(without_steps, present.number, best.number, float(before.mean()), float(after.mean()), users, exceeds(before, after))

    @staticmethod
    def _complete(trials: Sequence[TuningTrial], values: Values) -> TuningTrial | None:
        return next((trial for trial in trials if trial.state == "complete" and trial.values == values), None)

    def _earlier_best(self, trials: Sequence[TuningTrial]) -> Values | None:
        """Return the best values of the newest other study, where they were not tried; None where Optuna proposes."""
        others = [one.trial for one in self.journal.newest_other() if one.trial.state == "complete" and one.trial.values.keys() == self.present.keys()]
        best = max(others, key=lambda trial: trial.ndcg).values if others else None
        return None if best is None or any(trial.values == best for trial in trials) else best


def _gains(ranks: Sequence[int]) -> Reals:
    """Return the NDCG@20 of each user by the rank of the target."""
    places = np.asarray(ranks, np.float64)
    return np.where(places < TOP, 1 / np.log2(places + 2), 0.0)
