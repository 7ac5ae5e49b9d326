"""Predict the values that the network expects."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors.autoencoder.network import MIXTURE, LeaveOneOutNetwork, Prediction
from detectors.autoencoder.tiles import map_tiles
from detectors.encoding import EncodedRows, Encoder
from detectors.features.column_features import NULL


def predict_values(encoder: Encoder, network: LeaveOneOutNetwork, encoded: EncodedRows) -> dict[str, NDArray[np.object_]]:
    """Return by column the most likely value of each row's cell as text, [rows]; None where its channels do not tell a value (a text's length, an hour)."""
    split, channels = len(encoder.grids), encoder.channels
    numbers = [i for i, channel in enumerate(channels) if channel.kind == "number"]
    words = [i for i, channel in enumerate(channels) if channel.kind == "category" and encoder.vocabularies[i - split].names]
    codes = {i: torch.from_numpy(encoder.vocabularies[i - split].codes[: len(encoder.vocabularies[i - split].names)]).to(encoded.codes.device) for i in words}

    def likeliest(tile: EncodedRows, _: Tensor | None) -> Tensor:
        prediction: Prediction = network(tile.numbers, tile.codes)
        ranks = [_rank(prediction.gaussians[i].float()) for i in numbers]
        return torch.stack([*ranks, *(_place(*prediction.codes[i - split], codes[i]).float() for i in words)])

    expected = {column: np.full(len(encoded), None, np.object_) for column in encoder.columns}
    for i, values in zip([*numbers, *words], map_tiles(encoded, likeliest).tolist() if numbers or words else (), strict=True):
        expected[channels[i].column] = np.array([_text(encoder, i, value) for value in values], np.object_)
    return expected


def _rank(gaussians: Tensor) -> Tensor:
    """Return the mean of the likeliest Gaussian, [rows]."""
    weights, means, _ = torch.split(gaussians, MIXTURE)
    return 2 * means.gather(0, weights.argmax(0, keepdim=True))[0]


def _place(first: Tensor, second: Tensor, codes: Tensor) -> Tensor:
    """Return the likeliest of the values that are known by name, [rows]."""
    return (first.index_select(0, codes[:, 0]) + second.index_select(0, codes[:, 1])).argmax(0)


def _text(encoder: Encoder, i: int, value: float) -> str | None:
    split = len(encoder.grids)
    if i < split:
        return f"{encoder.grids[i].decode(value):.6g}"
    name = encoder.vocabularies[i - split].names[int(value)]
    return None if name == NULL else name
