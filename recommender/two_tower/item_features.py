"""What is known of items, as tensors that the item tower reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from recommender.data.sequences import Floats, Ints

TRUST = 16.0  # an item that was met so often keeps its id half of the time, where anything else is known of items


@dataclass(frozen=True, slots=True, eq=False)
class ItemFeatures:
    """Items: their attributes, their modes, and how far their ids are to be trusted.

    Attributes:
        features: Of `hash_attributes`, padded with 0; shape (items, width).
        modes: Unit rows by name, zeros where missing; each of shape (items, width of the mode).
        kept: The chance that an id takes part, shape (items,): 0 where nobody has met the item, and the higher the more often it was
            met, so that attributes and modes learn to stand in for the ids of rare items. 1 where nothing else is known of any item.
    """

    features: Tensor
    modes: Mapping[str, Tensor]
    kept: Tensor

    @classmethod
    def of(cls, features: Ints, modes: Mapping[str, Floats], met: Ints) -> Self:
        """Gather what is known.

        Args:
            features: Of `hash_attributes`; may have no column.
            modes: As in a Material.
            met: How often each item was met, shape (items,).
        """
        described = features.any() or any(each.any() for each in modes.values())
        kept = met / (met + TRUST) if described else (met > 0).astype(np.float64)
        table = features if features.size else np.zeros((len(met), 0), np.int64)
        return cls(torch.from_numpy(table), {name: torch.from_numpy(modes[name]) for name in sorted(modes)}, torch.from_numpy(kept.astype(np.float32)))

    def to(self, device: torch.device) -> Self:
        """The same, where the towers are."""
        return type(self)(self.features.to(device), {name: each.to(device) for name, each in self.modes.items()}, self.kept.to(device))

    def rows(self, items: Tensor) -> Self:
        """Some of the items, by their numbers."""
        return type(self)(self.features[items], {name: each[items] for name, each in self.modes.items()}, self.kept[items])
