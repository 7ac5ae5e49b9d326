"""Quantization of the language model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.text import load_encoder, quantize_model_folder
from recommender.text.model_folder import WEIGHTS
from sluice.errors import ModelError

TEXTS = ["red sofa", "blue oak desk lamp"]


def test_a_quantized_model_gives_nearly_the_same_vectors(folder: Callable[..., Path], tmp_path: Path) -> None:
    source, target = folder(rows=300, width=64), tmp_path / "small"
    quantize_model_folder(source, target)
    whole, small = load_encoder(source), load_encoder(target)
    assert (target / WEIGHTS).stat().st_size < 0.8 * (source / WEIGHTS).stat().st_size
    assert small.name != whole.name
    assert ((small.encode(TEXTS) * whole.encode(TEXTS)).sum(1) > 0.999).all()


def test_an_existing_folder_is_not_overwritten(folder: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        quantize_model_folder(folder(), tmp_path)
    with pytest.raises(ModelError, match="is no sentence-transformers folder"):
        quantize_model_folder(tmp_path, tmp_path / "small")
    assert not (tmp_path / "small").exists()
