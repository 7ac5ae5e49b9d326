"""What serves now, and whether a training may learn on from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from recommender.artifact.serialization import TrainedRecommender, deserialize
from recommender.data.sequences import Vocabulary
from recommender.evaluation.trusted_holdout import TrustedHoldout
from recommender.models.blend import Blend
from recommender.ranker import Ranker
from recommender.training.candidates import ModelSelection
from sluice.config import Recommender
from sluice.errors import ModelError
from sluice.ports import Snapshot

BESIDE = {"holdout", "promotion", "rerank", "funnel", "compact", "refit", "seed"}  # settings that change nothing of what a ranker learns


@dataclass(frozen=True, slots=True, eq=False)
class Champion:
    """The serving model and its card."""

    learned: TrainedRecommender
    card: Mapping[str, Any]

    @classmethod
    def of(cls, snapshot: Snapshot, line: str) -> Self | None:
        """None where nothing serves, or nothing that this program can read."""
        try:
            kept = snapshot.model(line)
            return cls(deserialize(kept.tensors), kept.card) if kept else None
        except ModelError:
            return None

    @property
    def trusted(self) -> TrustedHoldout | None:
        """The hold-out that it was judged on."""
        return TrustedHoldout.of(self.card)

    @property
    def rankers(self) -> Mapping[str, tuple[Vocabulary, Ranker]]:
        """Its models by name, each with the items that it knows."""
        ranker = self.learned.ranker
        parts = ranker.parts if isinstance(ranker, Blend) else {self.learned.kind: ranker}
        return {name: (self.learned.vocabulary, part) for name, part in parts.items()}

    @property
    def fitted(self) -> datetime | None:
        """Up to when the last whole fit had learned; None where that is not known."""
        told = self.card.get("start")
        return datetime.fromisoformat(told["fitted"]) if isinstance(told, Mapping) else None

    def choice(self) -> ModelSelection:
        """What had been chosen when everything was fitted."""
        told = self.card["chosen"]
        return ModelSelection(told["kind"], told["weights"], told["metrics"], told["users"], told["protocol"])


def full_refit_reason(champion: Champion | None, names: Collection[str], cut: datetime, snapshot: Snapshot, config: Recommender, runs: Sequence[str]) -> str:
    """Why everything is fitted and chosen anew; empty where it is enough to learn on from the champion.

    Args:
        champion: What serves.
        names: The models that compete.
        cut: Up to when is learned.
        snapshot: What was published.
        config: How to learn.
        runs: The open runs.
    """
    fitted = champion.fitted if champion else None
    if champion is None or fitted is None:
        return "nothing serves yet that could be learned on from"
    if _learning(champion.card["settings"]) != _learning(config.model_dump(mode="json")):
        return "the settings have changed"
    if not set(champion.rankers) <= set(names):
        return "a model of the champion does not compete any more"
    published = [run for dataset in config.reads for run in snapshot.runs(dataset)]
    if shut := [run.id for run in published if run.id in champion.card["read"] and run.decision != "open" and run.id not in runs]:
        return f"the champion has learned from a run that is shut now: {', '.join(shut)}"
    return "" if cut - fitted < config.refit else "the last whole fit is older than `recommender.refit`"


def _learning(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in settings.items() if name not in BESIDE}
