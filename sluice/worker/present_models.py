"""Read an earlier snapshot with the models that serve now: the bytes of the models of that time may be kept no longer."""

from __future__ import annotations

from dataclasses import dataclass

from sluice.domain import Artifact
from sluice.ports import Snapshot, SnapshotView


@dataclass(frozen=True, eq=False)
class PresentModels(SnapshotView):
    """Answer as an earlier snapshot, but for models.

    Attributes:
        present: The newest snapshot.
    """

    present: Snapshot

    def model(self, name: str) -> Artifact | None:
        """Return the champion of a name that serves now."""
        return self.present.model(name)

    def without(self, batch_id: str) -> Snapshot:
        """Return the snapshot without one batch."""
        return PresentModels(self.snapshot.without(batch_id), self.present)
