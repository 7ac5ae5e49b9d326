"""A recommender as safetensors bytes, and back: never a pickle, and nothing that does not fit is loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from recommender.models import model
from recommender.models.popularity import Popularity
from recommender.ranker import Ranker
from recommender.sequences import Vocabulary
from sluice.errors import ModelError

FORMAT = 1


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """All that is served: one ranker, what is popular, and the names of what they count."""

    kind: str
    vocabulary: Vocabulary
    ranker: Ranker
    popularity: Popularity


def pack(learned: Learned) -> bytes:
    """The bytes of a recommender; equal ones for equal recommenders."""
    arrays = {**learned.ranker.arrays(), **learned.popularity.arrays()}
    header = {"format": FORMAT, "kind": learned.kind, "items": learned.vocabulary.items, "kinds": learned.vocabulary.kinds}
    return save({name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}, {"recommender": json.dumps(header)})


def unpack(content: bytes) -> Learned:
    """The recommender that `pack` wrote.

    Raises:
        ModelError: The bytes are damaged, of another program or format, or do not fit together.
    """
    try:
        arrays = load(content)
        header = _header(content)
        kind = str(header["kind"])
        vocabulary = Vocabulary(tuple(header["items"]), tuple(header["kinds"]))
        _check(arrays)
        return Learned(kind, vocabulary, model(kind).of(arrays, vocabulary), Popularity.of(arrays, vocabulary))
    except (SafetensorError, KeyError, ValueError, TypeError, IndexError, RuntimeError) as error:
        raise ModelError(f"the recommender's artifact cannot be read: {str(error).splitlines()[0]}") from error


def _header(content: bytes) -> Mapping[str, Any]:
    length = int.from_bytes(content[:8], "little")
    header: Mapping[str, Any] = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["recommender"])
    if header["format"] != FORMAT:
        raise ValueError(f"it has format {header['format']}, this program reads {FORMAT}")
    return header


def _check(arrays: Mapping[str, NDArray[Any]]) -> None:
    """Refuse values that are no numbers."""
    unreal = [name for name, array in arrays.items() if array.dtype.kind == "f" and not np.isfinite(array).all()]
    if unreal:
        raise ValueError(f"{', '.join(unreal)} holds values that are not finite")
