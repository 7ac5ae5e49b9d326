"""What the catalog tells of items, so that it can be asked what each attribute is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

from recommender.data.attributes import hash_attributes
from recommender.data.sequences import Ints, Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Attributes:
    """The features of all items, with all attributes and with all but one.

    Attributes:
        whole: Of `hash_attributes`, shape (items, width).
        without: The same by the attribute that is left out.
    """

    whole: Ints
    without: Mapping[str, Ints]

    @classmethod
    def of(cls, items: pl.DataFrame, attributes: Sequence[str], vocabulary: Vocabulary) -> Self:
        """Read a catalog."""
        held = [name for name in attributes if name in items.columns]
        left_out = {name: hash_attributes(items, [each for each in held if each != name], vocabulary) for name in held}
        return cls(hash_attributes(items, held, vocabulary), left_out)
