"""Write losses and embeddings of a training for TensorBoard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.data.sequences import Floats
from sluice.errors import UsageError
from sluice.messages import make_error

if TYPE_CHECKING:
    from torch.utils.tensorboard.writer import SummaryWriter

MAX_EMBEDDINGS = 10_000  # as many as the projector of TensorBoard moves smoothly


class TensorBoardWriter:
    """Write to a folder that TensorBoard reads; close it when done."""

    def __init__(self, folder: Path) -> None:
        """Open a folder.

        Raises:
            UsageError: TensorBoard is not installed.
        """
        try:
            from torch.utils.tensorboard.writer import SummaryWriter
        except ImportError as error:
            raise make_error(UsageError, "tensorboard_missing") from error
        self._writer: SummaryWriter = SummaryWriter(str(folder))

    def log_metric(self, name: str, value: float, step: int) -> None:
        """Add a point to a curve; a MetricLogger."""
        self._writer.add_scalar(name, value, step)

    def add_embeddings(self, name: str, vectors: Floats, labels: Sequence[str]) -> None:
        """Add labeled vectors, at most MAX_EMBEDDINGS of them.

        Args:
            name: Name of the whole.
            vectors: Shape (n, d).
            labels: One per vector.
        """
        import torch

        metadata = [" ".join(label.split()) or "-" for label in labels[:MAX_EMBEDDINGS]]
        self._writer.add_embedding(torch.from_numpy(vectors[:MAX_EMBEDDINGS]), metadata=metadata, tag=name)

    def close(self) -> None:
        """Write what is pending."""
        self._writer.close()
