"""Quantize a language model to a quarter of its size: weights as int8 with one scale per row."""

from __future__ import annotations

import shutil
from pathlib import Path

from recommender.artifact.quantize import SCALE, is_quantizable, quantize_rows
from recommender.text.model_folder import CONFIG, MODULES, POOLING, SENTENCE_CONFIG, TOKENIZER, WEIGHTS, ModelFolder


def quantize_model_folder(source: Path, target: Path) -> None:
    """Write a folder whose model gives vectors of nearly the same direction.

    Other programs cannot read its weights: each int8 table has its scales beside it, under its name and `.scale`.

    Args:
        source: A sentence-transformers folder.
        target: The new folder; must not exist.

    Raises:
        FileExistsError: The target exists.
        ModelError: The source is no such folder.
    """
    import torch
    from safetensors.torch import load_file, save_file

    folder = ModelFolder.read(source)
    target.mkdir(parents=True)
    for name in (CONFIG, TOKENIZER, POOLING, MODULES, SENTENCE_CONFIG):
        if (folder.path / name).is_file():
            (target / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(folder.path / name, target / name)
    weights = {name: tensor.float() for name, tensor in load_file(folder.path / WEIGHTS).items() if tensor.is_floating_point()}
    tables = {name: quantize_rows(tensor.numpy()) for name, tensor in weights.items() if is_quantizable(tensor.numpy())}
    integers = {name: torch.from_numpy(table) for name, (table, _) in tables.items()}
    scales = {name + SCALE: torch.from_numpy(scale) for name, (_, scale) in tables.items()}
    save_file(weights | integers | scales, target / WEIGHTS)
