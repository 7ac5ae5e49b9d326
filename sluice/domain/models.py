"""Hold trained models and their registered versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Artifact:
    """Hold a trained model: safetensors bytes, and a card of what it learned from and its metrics.

    Attributes:
        card: JSON-serialisable: `kind`, `basis` (snapshot), `runs` (each with its score), `metrics`, `rows`, settings, seed.
    """

    tensors: bytes
    card: Mapping[str, object]


ModelState: TypeAlias = Literal["evaluating", "rejected", "blessed", "champion", "retired", "rolled_back"]


@dataclass(frozen=True, slots=True)
class Model:
    """Describe one version of a registered model; versions of a name count from 1."""

    name: str
    version: int
    state: ModelState
    digest: str
    card: Mapping[str, object]
    at: datetime
