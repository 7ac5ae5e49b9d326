"""Store a recommender as safetensors bytes, and load it: never a pickle, and nothing that does not fit is loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from recommender.artifact.compact import compact_arrays, restore_arrays
from recommender.data.sequences import Vocabulary
from recommender.data.side_features import SideFeatures
from recommender.models import current_name, get_model
from recommender.models.popularity import Popularity
from recommender.ranker import Arrays, Ranker, add_prefix, strip_prefix
from sluice.config.compact import CompactForm
from sluice.errors import ModelError
from sluice.messages import make_error

FORMAT = 2
RANKER, POPULARITY, SIDE = "ranker", "popularity", "side"


@dataclass(frozen=True, eq=False)
class TrainedRecommender:
    """Hold all that is served: a ranker, the popularity of items, and their vocabulary.

    Attributes:
        kind: Name of the ranker in MODELS.
        vocabulary: The items and kinds of events.
        ranker: Scores all items for a history.
        popularity: Recommends to users without a history.
        parts: Further arrays by part, such as `conversion`.
    """

    kind: str
    vocabulary: Vocabulary
    ranker: Ranker
    popularity: Popularity
    parts: Mapping[str, Arrays] = field(default_factory=dict)

    @cached_property
    def side(self) -> SideFeatures | None:
        """Return what numbers attributes of users and context; None where the ranker reads none.

        Raises:
            ModelError: It is damaged.
        """
        try:
            return SideFeatures.from_arrays(self.parts[SIDE]) if SIDE in self.parts else None
        except (KeyError, ValueError, TypeError) as error:
            raise make_error(ModelError, "recommender_unreadable", problem=str(error).splitlines()[0]) from error


def serialize(trained: TrainedRecommender, form: CompactForm = "none", share: float = 0.0) -> bytes:
    """Return the bytes of a recommender; equal ones for equal recommenders.

    Args:
        trained: Recommender to store.
        form: Smaller form of the ranker's tables, which changes its scores a little.
        share: Share of the values that are left out, for `pruned`.

    Example:
        >>> vocabulary, popularity = Vocabulary(("tea", "cup")), Popularity(np.array([2, 1], np.float32))
        >>> content = serialize(TrainedRecommender("popularity", vocabulary, popularity, popularity))
        >>> deserialize(content).vocabulary.items
        ('tea', 'cup')
    """
    ranker = trained.ranker.to_arrays()
    parts = {**trained.parts, RANKER: compact_arrays(ranker, form, share), POPULARITY: trained.popularity.to_arrays()}
    arrays = {name: array for part in parts for name, array in add_prefix(part, parts[part]).items()}
    header = {
        "format": FORMAT,
        "kind": trained.kind,
        "items": trained.vocabulary.items,
        "kinds": trained.vocabulary.kinds,
        "parts": sorted(trained.parts),
    }
    return save({name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}, {"recommender": json.dumps(header)})


def deserialize(content: bytes) -> TrainedRecommender:
    """Restore the recommender of `serialize`.

    Raises:
        ModelError: The bytes are damaged, of another program or format, or do not fit together.
    """
    try:
        arrays = restore_arrays(dict(sorted(load(content).items())))  # safetensors returns them in any order, and sums of floats differ by it
        header = _header(content)
        kind = current_name(str(header["kind"]))
        vocabulary = Vocabulary(tuple(header["items"]), tuple(header["kinds"]))
        _check_finite(arrays)
        ranker = get_model(kind).from_arrays(strip_prefix(RANKER, arrays), vocabulary)
        popularity = Popularity.from_arrays(strip_prefix(POPULARITY, arrays), vocabulary)
        return TrainedRecommender(kind, vocabulary, ranker, popularity, {name: strip_prefix(name, arrays) for name in header["parts"]})
    except (SafetensorError, KeyError, ValueError, TypeError, IndexError, RuntimeError) as error:
        raise make_error(ModelError, "recommender_unreadable", problem=str(error).splitlines()[0]) from error


def _header(content: bytes) -> Mapping[str, Any]:
    length = int.from_bytes(content[:8], "little")
    header: Mapping[str, Any] = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["recommender"])
    if header["format"] != FORMAT:
        raise ValueError(f"it has format {header['format']}, this program reads {FORMAT}")
    return header


def _check_finite(arrays: Arrays) -> None:
    """Refuse values that are no numbers.

    Raises:
        ValueError: An array holds values that are not finite.
    """
    names = [name for name, array in arrays.items() if array.dtype.kind == "f" and not np.isfinite(array).all()]
    if names:
        raise ValueError(f"{', '.join(names)} holds values that are not finite")
