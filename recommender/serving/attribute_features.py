"""Encode item attributes with and without each single attribute, so that the effect of each can be measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

from recommender.data.attributes import hash_attributes
from recommender.data.sequences import Ints, Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class AttributeFeatures:
    """Hold the features of all items, from all attributes and from all but one.

    Attributes:
        full: Of `hash_attributes`, shape (items, width).
        ablated: The same, by the attribute that is left out.
    """

    full: Ints
    ablated: Mapping[str, Ints]

    @classmethod
    def build(cls, items: pl.DataFrame, attributes: Sequence[str], vocabulary: Vocabulary) -> Self:
        """Encode a catalog."""
        present = [name for name in attributes if name in items.columns]
        ablated = {name: hash_attributes(items, [column for column in present if column != name], vocabulary) for name in present}
        return cls(hash_attributes(items, present, vocabulary), ablated)
