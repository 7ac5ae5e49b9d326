from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.training.tensorboard import TensorBoardWriter

pytest.importorskip("tensorboard", reason="needs sluice[tensorboard]")


def test_curves_and_vectors_are_what_tensorboard_reads(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    board = TensorBoardWriter(tmp_path)
    for step, loss in enumerate((3.0, 2.0, 1.5)):
        board.log_metric("two_tower/loss", loss, step)
    board.add_embeddings("items", np.eye(3, dtype=np.float32), ["A red\tmug", "", "Tea"])
    board.close()
    read = EventAccumulator(str(tmp_path)).Reload()
    assert [(event.step, event.value) for event in read.Scalars("two_tower/loss")] == [(0, 3.0), (1, 2.0), (2, 1.5)]
    (names,) = tmp_path.rglob("metadata.tsv")
    assert names.read_text().splitlines() == ["A red mug", "-", "Tea"]
    (table,) = tmp_path.rglob("tensors.tsv")
    assert len(table.read_text().splitlines()) == 3
