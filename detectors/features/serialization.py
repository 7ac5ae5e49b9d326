"""Store models as safetensors bytes with a JSON header; nothing is ever unpickled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from sluice.errors import ModelError
from sluice.messages import make_error

HEADER = "sluice"


def pack(arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> bytes:
    """Return arrays by name, and what else there is to say as JSON."""
    text = json.dumps(meta, sort_keys=True, ensure_ascii=False)
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, metadata={HEADER: text})


def unpack(tensors: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Restore what `pack` was given.

    Raises:
        ModelError: The bytes are damaged or not ours.
    """
    try:
        arrays = load(tensors)
        size = int.from_bytes(tensors[:8], "little")
        meta = json.loads(json.loads(tensors[8 : 8 + size])["__metadata__"][HEADER])
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise make_error(ModelError, "model_bytes_damaged") from error
    return arrays, meta
