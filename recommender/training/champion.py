"""Load the champion, and decide whether a training may continue from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, cast

from recommender.artifact.serialization import TrainedRecommender, deserialize
from recommender.data.sequences import Vocabulary
from recommender.data.side_features import SideFeatures
from recommender.evaluation.trusted_holdout import TrustedHoldout
from recommender.models import current_name
from recommender.models.blend import Blend
from recommender.ranker import Ranker
from recommender.training.candidates import ModelSelection
from recommender.training.model_size import ModelForm
from sluice.config import Recommender
from sluice.config.compact import MAX_LOSS, compact_form
from sluice.config.renamed import original
from sluice.domain import Message
from sluice.errors import ModelError
from sluice.ports import Snapshot

IRRELEVANT = {
    "holdout",
    "answers",
    "canary",
    "exposures",
    "promotion",
    "rerank",
    "funnel",
    "refit",
    "seed",
    "synonyms",
}  # by their first names; they do not affect what a ranker learns
AUGMENTATION = "augmentation"  # entry on a card
COMPACT = "quantize"  # first name of `compact`
LATER = {"users", "context", "augmentation"}  # settings that cards of earlier versions lack


@dataclass(frozen=True, slots=True, eq=False)
class Champion:
    """Hold the serving model and its card."""

    trained: TrainedRecommender
    card: Mapping[str, Any]

    @classmethod
    def of(cls, snapshot: Snapshot, model_name: str) -> Self | None:
        """Load the champion of a registered model; None where there is none, or none that this program can read."""
        try:
            artifact = snapshot.model(model_name)
            return cls(deserialize(artifact.tensors), artifact.card) if artifact else None
        except ModelError:
            return None

    @property
    def trusted_holdout(self) -> TrustedHoldout | None:
        """Return the hold-out that it was evaluated on."""
        return TrustedHoldout.from_card(self.card)

    @property
    def rankers(self) -> Mapping[str, tuple[Vocabulary, Ranker]]:
        """Return its models by name, each with the items that it knows."""
        ranker = self.trained.ranker
        parts = ranker.parts if isinstance(ranker, Blend) else {self.trained.kind: ranker}
        return {name: (self.trained.vocabulary, part) for name, part in parts.items()}

    @property
    def side(self) -> SideFeatures | None:
        """Return what numbers its attributes of users and its context; None where it reads none."""
        return self.trained.side

    @property
    def augmentation(self) -> tuple[str, ...]:
        """Return the kinds of augmentation that its towers learned with."""
        entry = self.card.get(AUGMENTATION)
        return tuple(kind["kind"] for kind in entry["kinds"] if kind["kept"]) if isinstance(entry, Mapping) else ()

    @property
    def fitted_until(self) -> datetime | None:
        """Return the cutoff of the last full fit; None where that is not known."""
        start = self.card.get("start")
        return datetime.fromisoformat(start["fitted"]) if isinstance(start, Mapping) else None

    def selection(self) -> ModelSelection:
        """Return the choice of the last full fit."""
        entry = self.card["chosen"]
        weights, metrics = ({current_name(name): value for name, value in entry[key].items()} for key in ("weights", "metrics"))
        form = ModelForm.of(entry["form"]) if "form" in entry else _earlier_form(self.card)
        return ModelSelection(current_name(entry["kind"]), weights, metrics, entry["users"], Message.from_json(entry["protocol"]), form)


def full_refit_reason(
    champion: Champion | None, names: Collection[str], cutoff: datetime, snapshot: Snapshot, config: Recommender, runs: Sequence[str]
) -> Message | None:
    """Return why all models are fitted and selected anew; None where it is enough to continue from the champion.

    Args:
        champion: The serving model.
        names: Names of the candidates.
        cutoff: End of the training data.
        snapshot: Snapshot to learn from.
        config: How to learn.
        runs: The open runs.
    """
    fitted = champion.fitted_until if champion else None
    if champion is None or fitted is None:
        return Message.of("no_champion_to_continue")
    if relevant_settings(champion.card["settings"]) != relevant_settings(config.model_dump(mode="json")):
        return Message.of("settings_changed")
    if not set(champion.rankers) <= set(names):
        return Message.of("champion_model_removed")
    published = [run for dataset in config.reads for run in snapshot.runs(dataset)]
    if closed := [run.id for run in published if run.id in champion.card["read"] and run.decision != "open" and run.id not in runs]:
        return Message.of("champion_learned_from_closed", runs=", ".join(closed))
    return None if cutoff - fitted < config.refit else Message.of("full_fit_expired")


def relevant_settings(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings that affect what a ranker learns, under their first names, so that a rename changes none; nor does a setting that is not set."""
    first = cast("Mapping[str, Any]", original(settings, ("recommender",)))
    relevant = {name: value for name, value in first.items() if name not in IRRELEVANT and (name not in LATER or value)}
    return {name: compact_form(value) if name == COMPACT else value for name, value in relevant.items()}


def _earlier_form(card: Mapping[str, Any]) -> ModelForm:
    """Return the form of a model whose card is of an earlier version, which measured int8 on the hold-out."""
    size = card.get("size", {})
    return ModelForm("int8" if size.get("compact") else "none", 0.0, "int8" if "lost" in size else "none", size.get("lost", {}), MAX_LOSS)
