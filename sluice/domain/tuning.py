"""Hold what tuning tried, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, TypeAlias

Values: TypeAlias = Mapping[str, float]  # values of settings by their keys, such as epochs or two_tower.learning_rate
TrialState: TypeAlias = Literal["complete", "pruned"]


@dataclass(frozen=True, slots=True)
class TuningTrial:
    """Hold one trial: the values of the tuned settings, and how well what was fitted with them foretells validation data.

    Attributes:
        number: Its number within the study, counted from 0.
        values: Values of the tuned settings.
        state: Whether it was fitted to its end, or pruned since it did worse than most others.
        ndcg: NDCG@20 of the model that would serve, on the users that settings are chosen by; of the towers alone where it was pruned.
        seconds: How long it took.
        kind: The model that would serve; empty where it was pruned.
        steps: NDCG@20 of the towers by the percent of their epochs.
    """

    number: int
    values: Values
    state: TrialState
    ndcg: float
    seconds: float
    kind: str = ""
    steps: Mapping[int, float] | None = None


@dataclass(frozen=True, slots=True)
class TuningResult:
    """Report what tuning found.

    Attributes:
        trials: All trials of the study, also those of earlier calls.
        present: Number of the trial with the present settings.
        best: Number of the trial with the highest NDCG@20 on the users that settings are chosen by.
        before: NDCG@20 with the present settings on the other users, by which the choice is confirmed.
        after: NDCG@20 of the best trial on them.
        users: Number of users that settings are chosen by, and that the choice is confirmed by.
        confirmed: Whether the best trial is better on the other users by more than chance.
    """

    trials: tuple[TuningTrial, ...]
    present: int
    best: int
    before: float
    after: float
    users: tuple[int, int]
    confirmed: bool

    @property
    def changes(self) -> Values:
        """Return the values of the best trial that differ from the present ones."""
        present, best = self.trial(self.present).values, self.trial(self.best).values
        return {key: value for key, value in best.items() if value != present[key]}

    def trial(self, number: int) -> TuningTrial:
        """Return a trial by its number."""
        return next(trial for trial in self.trials if trial.number == number)

    def to_card(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Self | None:
        """Return the result on the card of a stored tuning; None where it has none."""
        try:
            trials = tuple(TuningTrial(**{**trial, "steps": None}) for trial in card["trials"])
            first, second = card["users"]
            return cls(trials, card["present"], card["best"], card["before"], card["after"], (first, second), bool(card["confirmed"]))
        except (KeyError, TypeError, ValueError):
            return None
