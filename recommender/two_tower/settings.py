"""Hold the settings of how the towers learn."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.two_tower.losses import NEGATIVES, TEMPERATURE
from recommender.two_tower.modules import DROPOUT

LEARNING_RATE = 3e-3  # falling to a twentieth


@dataclass(frozen=True, slots=True)
class TowerSettings:
    """Set how the towers learn.

    Attributes:
        pretrain_epochs: Epochs of predicting hidden items, before those of the data.
        learning_rate: Size of the first steps; the last ones are a twentieth of it.
        temperature: What similarities are divided by; the lower, the more the hardest negatives count.
        negatives: Number of items that each batch tells the next items from.
        dropout: Share of the user tower's values that are hidden while it learns.
    """

    pretrain_epochs: int = 0
    learning_rate: float = LEARNING_RATE
    temperature: float = TEMPERATURE
    negatives: int = NEGATIVES
    dropout: float = DROPOUT
