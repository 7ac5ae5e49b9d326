"""Choose the smaller form of a model where it loses next to nothing on validation data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from recommender.artifact.serialization import TrainedRecommender, deserialize, serialize
from sluice.config.compact import Compact, CompactForm

METRICS = ("recall@20", "ndcg@20")
SHARES = (0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)  # of the values that pruning leaves out, the largest first


@dataclass(frozen=True, slots=True)
class ModelForm:
    """Hold the form in which a model is stored, and why.

    Attributes:
        form: The form.
        share: Share of the values that pruning leaves out.
        requested: The form that was asked for; another is stored where that one is no smaller, or loses too much.
        lost: Share of each metric that the requested form lost on validation data; below 0: gains. Empty where that was not measured.
        max_loss: Share that it might lose.
    """

    form: CompactForm = "none"
    share: float = 0.0
    requested: CompactForm = "none"
    lost: Mapping[str, float] = field(default_factory=dict)
    max_loss: float = 0.0

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        """Return the form on a card."""
        return cls(entry["form"], entry["share"], entry["requested"], dict(entry["lost"]), entry["max_loss"])

    def to_card(self) -> dict[str, object]:
        """Return its entry on a card."""
        return asdict(self)

    def store(self, trained: TrainedRecommender) -> tuple[bytes, dict[str, object]]:
        """Return the bytes of a recommender in this form, and the card's entry: the form, what it lost, and its bytes beside those of the plain form."""
        plain = serialize(trained)
        content = plain if self.form == "none" else serialize(trained, self.form, self.share)
        return content, {**self.to_card(), "compact": self.form != "none", "bytes": len(content), "plain": len(plain)}


def choose_form(
    trained: TrainedRecommender, settings: Compact, before: Mapping[str, float], measure: Callable[[TrainedRecommender], Mapping[str, float]]
) -> ModelForm:
    """Return the requested form where it is smaller and loses little; of pruned ones that which leaves most out.

    Args:
        trained: Recommender that did not learn from the validation data.
        settings: The requested form, and what it may lose.
        before: Its metrics on the validation data.
        measure: Computes those of another one.
    """
    form, lost = settings.form, dict[str, float]()
    for share in SHARES if form == "pruned" else (0.0,) if form != "none" else ():
        content = serialize(trained, form, share)
        if len(content) >= len(serialize(trained)):
            break
        after = measure(deserialize(content))
        lost = {name: 1 - after[name] / before[name] if before[name] else 0.0 for name in METRICS}
        if max(lost.values()) <= settings.max_loss:
            return ModelForm(form, share, form, lost, settings.max_loss)
    return ModelForm("none", 0.0, form, lost, settings.max_loss)
