"""Curves and vectors of a training for TensorBoard, when somebody wants to look."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from recommender.data.sequences import Floats
from sluice.errors import UsageError

if TYPE_CHECKING:
    from torch.utils.tensorboard.writer import SummaryWriter

SHOWN = 10_000  # vectors, at most: as many as the projector of TensorBoard moves smoothly


class TensorBoardWriter:
    """Writes what TensorBoard shows into a folder; close it when done."""

    def __init__(self, folder: Path) -> None:
        """Open a folder.

        Raises:
            UsageError: TensorBoard is not installed.
        """
        try:
            from torch.utils.tensorboard.writer import SummaryWriter
        except ImportError as error:
            raise UsageError("curves need TensorBoard: pip install 'sluice[tensorboard]'") from error
        self._writer: SummaryWriter = SummaryWriter(str(folder))

    def log_metric(self, name: str, value: float, step: int) -> None:
        """Add a point to a curve; a Watch."""
        self._writer.add_scalar(name, value, step)

    def vectors(self, name: str, vectors: Floats, labels: Sequence[str]) -> None:
        """Show vectors with what people call them, the first of very many.

        Args:
            name: Of the whole.
            vectors: Shape (n, d).
            labels: One a vector.
        """
        told = [" ".join(label.split()) or "-" for label in labels[:SHOWN]]
        self._writer.add_embedding(torch.from_numpy(vectors[:SHOWN]), metadata=told, tag=name)

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()
