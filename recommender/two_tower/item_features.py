"""Hold the features of items as tensors that the item tower reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from recommender.data.sequences import Floats, Ints

HALF_TRUST = 16.0  # interactions at which the id embedding of an item takes part half of the time, where items have other features


@dataclass(frozen=True, slots=True, eq=False)
class ItemFeatures:
    """Store the attributes and content of items, and how reliable their id embeddings are.

    Attributes:
        attributes: Hashed attributes, of `hash_attributes`, padded with 0; shape (items, width).
        content: Unit rows by modality, zeros where missing; each of shape (items, width of the modality).
        id_probability: Probability that an id embedding takes part, shape (items,): 0 where an item has no interactions, and higher the
            more it has, so that attributes and content learn to replace the ids of rare items. 1 where items have no other features.
    """

    attributes: Tensor
    content: Mapping[str, Tensor]
    id_probability: Tensor

    @classmethod
    def of(cls, attributes: Ints, content: Mapping[str, Floats], counts: Ints) -> Self:
        """Convert the features of items.

        Args:
            attributes: Of `hash_attributes`; may have no column.
            content: Vectors by modality, as in `TrainingData`.
            counts: Number of interactions of each item, shape (items,).
        """
        has_features = attributes.any() or any(vectors.any() for vectors in content.values())
        probability = counts / (counts + HALF_TRUST) if has_features else (counts > 0).astype(np.float64)
        table = attributes if attributes.size else np.zeros((len(counts), 0), np.int64)
        tensors = {name: torch.from_numpy(content[name]) for name in sorted(content)}
        return cls(torch.from_numpy(table), tensors, torch.from_numpy(probability.astype(np.float32)))

    def to(self, device: torch.device) -> Self:
        """Return the same on a device."""
        content = {name: vectors.to(device) for name, vectors in self.content.items()}
        return type(self)(self.attributes.to(device), content, self.id_probability.to(device))

    def rows(self, items: Tensor) -> Self:
        """Return the features of some items, by their numbers."""
        return type(self)(self.attributes[items], {name: vectors[items] for name, vectors in self.content.items()}, self.id_probability[items])
