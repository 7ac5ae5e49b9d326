"""A recommender as safetensors bytes, and back: never a pickle, and nothing that does not fit is loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from recommender.artifact.quantize import compacted, expanded
from recommender.data.sequences import Vocabulary
from recommender.models import model
from recommender.models.popularity import Popularity
from recommender.ranker import Arrays, Ranker, nested, prefixed
from sluice.errors import ModelError

FORMAT = 2
RANKER, POPULARITY = "ranker", "popularity"


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
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


def pack(learned: Learned, *, compact: bool = False) -> bytes:
    """The bytes of a recommender; equal ones for equal recommenders.

    Args:
        learned: All that is served.
        compact: Keep the ranker's tables in a quarter of their size, which changes its scores a little.
    """
    ranker = learned.ranker.arrays()
    held = {**learned.parts, RANKER: compacted(ranker) if compact else ranker, POPULARITY: learned.popularity.arrays()}
    arrays = {name: array for part in held for name, array in prefixed(part, held[part]).items()}
    header = {
        "format": FORMAT,
        "kind": learned.kind,
        "items": learned.vocabulary.items,
        "kinds": learned.vocabulary.kinds,
        "parts": sorted(learned.parts),
    }
    return save({name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}, {"recommender": json.dumps(header)})


def unpack(content: bytes) -> Learned:
    """The recommender that `pack` wrote.

    Raises:
        ModelError: The bytes are damaged, of another program or format, or do not fit together.
    """
    try:
        arrays = expanded(dict(sorted(load(content).items())))  # safetensors gives them in any order, and sums of floats differ by theirs
        header = _header(content)
        kind = str(header["kind"])
        vocabulary = Vocabulary(tuple(header["items"]), tuple(header["kinds"]))
        _check(arrays)
        ranker, popularity = model(kind).of(nested(RANKER, arrays), vocabulary), Popularity.of(nested(POPULARITY, arrays), vocabulary)
        return Learned(kind, vocabulary, ranker, popularity, {name: nested(name, arrays) for name in header["parts"]})
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
