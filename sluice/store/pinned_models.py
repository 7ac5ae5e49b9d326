"""Write the models that serve a dataset into a folder, for processes that do not reach the database."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sluice.domain import Artifact
from sluice.errors import StoreError
from sluice.messages import make_error
from sluice.store.model_registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class PinnedModels:
    """Answer as the registry of models does, up to one snapshot.

    Attributes:
        folder: Where the models are, one file for the bytes of each and one for its card.
        names: Names of these models.
        others: Names of registered models that are not there, such as those of other datasets.
    """

    folder: Path
    names: Collection[str]
    others: Collection[str]

    @classmethod
    def of(cls, registry: ModelRegistry, dataset: str, seq: int, folder: Path) -> PinnedModels:
        """Write the champions of a dataset.

        Args:
            registry: The registry.
            dataset: Name of the dataset, with which the names of its models begin.
            seq: Number of the snapshot.
            folder: Where they are written.
        """
        pinned = []
        names = registry.names()
        for name in names:
            if name.startswith(f"{dataset}.") and (artifact := registry.champion(name, seq)) is not None:
                _tensors(folder, name).write_bytes(artifact.tensors)
                _card(folder, name).write_text(json.dumps(artifact.card), encoding="utf-8")
                pinned.append(name)
        return cls(folder, tuple(pinned), tuple(name for name in names if not name.startswith(f"{dataset}.")))

    def champion(self, name: str, seq: int) -> Artifact | None:
        """Return the version that was the champion at the snapshot; None where there is none.

        Raises:
            StoreError: It is the model of another dataset.
        """
        _ = seq
        if name in self.others:
            raise make_error(StoreError, "model_not_at_hand", model=name)
        return _read(self.folder, name) if name in self.names else None


@functools.lru_cache(maxsize=16)
def _read(folder: Path, name: str) -> Artifact:
    return Artifact(_tensors(folder, name).read_bytes(), json.loads(_card(folder, name).read_text(encoding="utf-8")))


def _tensors(folder: Path, name: str) -> Path:
    return folder / f"model-{name}.safetensors"


def _card(folder: Path, name: str) -> Path:
    return folder / f"model-{name}.json"
