"""Define what the service reads: models and published rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sluice.domain import Artifact, Model
from sluice.ports import Snapshot


class ModelReader(Protocol):
    """Read the versions of registered models."""

    def versions(self, name: str) -> Sequence[Model]:
        """Return all versions, the newest first."""
        ...

    def load(self, name: str, version: int | None = None) -> Artifact | None:
        """Load a version, or the champion; None where there is none."""
        ...


class ServiceStore(Protocol):
    """Give what answers are computed from."""

    @property
    def models(self) -> ModelReader:
        """Return the registered models."""
        ...

    def snapshot(self) -> Snapshot:
        """Return what is published now."""
        ...
