"""A recommender as safetensors bytes, and back: never a pickle, and nothing that does not fit is loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from recommender.artifact.quantize import dequantize_arrays, quantize_arrays
from recommender.data.sequences import Vocabulary
from recommender.models import model
from recommender.models.popularity import Popularity
from recommender.ranker import Arrays, Ranker, add_prefix, strip_prefix
from sluice.errors import ModelError

FORMAT = 2
RANKER, POPULARITY = "ranker", "popularity"


@dataclass(frozen=True, slots=True, eq=False)
class TrainedRecommender:
    """All that is served: one ranker, what is popular, and the names of what they count.

    Attributes:
        kind: The ranker's name in MODELS.
        vocabulary: The items and kinds of events.
        ranker: Scores all items for a history.
        popularity: What is given to who has no history.
        parts: What else was learned, by name, such as `heads`: each as its own arrays.
    """

    kind: str
    vocabulary: Vocabulary
    ranker: Ranker
    popularity: Popularity
    parts: Mapping[str, Arrays] = field(default_factory=dict)


def serialize(learned: TrainedRecommender, *, compact: bool = False) -> bytes:
    """The bytes of a recommender; equal ones for equal recommenders.

    Args:
        learned: All that is served.
        compact: Keep the ranker's tables in a quarter of their size, which changes its scores a little.
    """
    ranker = learned.ranker.to_arrays()
    held = {**learned.parts, RANKER: quantize_arrays(ranker) if compact else ranker, POPULARITY: learned.popularity.to_arrays()}
    arrays = {name: array for part in held for name, array in add_prefix(part, held[part]).items()}
    header = {
        "format": FORMAT,
        "kind": learned.kind,
        "items": learned.vocabulary.items,
        "kinds": learned.vocabulary.kinds,
        "parts": sorted(learned.parts),
    }
    return save({name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}, {"recommender": json.dumps(header)})


def deserialize(content: bytes) -> TrainedRecommender:
    """The recommender that `serialize` wrote.

    Raises:
        ModelError: The bytes are damaged, of another program or format, or do not fit together.
    """
    try:
        arrays = dequantize_arrays(dict(sorted(load(content).items())))  # safetensors gives them in any order, and sums of floats differ by theirs
        header = _header(content)
        kind = str(header["kind"])
        vocabulary = Vocabulary(tuple(header["items"]), tuple(header["kinds"]))
        _check(arrays)
        ranker = model(kind).from_arrays(strip_prefix(RANKER, arrays), vocabulary)
        popularity = Popularity.from_arrays(strip_prefix(POPULARITY, arrays), vocabulary)
        return TrainedRecommender(kind, vocabulary, ranker, popularity, {name: strip_prefix(name, arrays) for name in header["parts"]})
    except (SafetensorError, KeyError, ValueError, TypeError, IndexError, RuntimeError) as error:
        raise ModelError(f"the recommender's artifact cannot be read: {str(error).splitlines()[0]}") from error


def _header(content: bytes) -> Mapping[str, Any]:
    length = int.from_bytes(content[:8], "little")
    header: Mapping[str, Any] = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["recommender"])
    if header["format"] != FORMAT:
        raise ValueError(f"it has format {header['format']}, this program reads {FORMAT}")
    return header


def _check(arrays: Arrays) -> None:
    """Refuse values that are no numbers."""
    unreal = [name for name, array in arrays.items() if array.dtype.kind == "f" and not np.isfinite(array).all()]
    if unreal:
        raise ValueError(f"{', '.join(unreal)} holds values that are not finite")
