"""The values that the network would have expected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detectors.autoencoder.network import MIXTURE, Network, Prediction
from detectors.autoencoder.tiles import tiled
from detectors.channels import NULL
from detectors.encoding import Encoded, Encoder


def expected(encoder: Encoder, network: Network, encoded: Encoded) -> dict[str, NDArray[np.object_]]:
    """By column the most likely value of each row's cell as text, [rows]; None where its channels do not tell a value (a text's length, an hour)."""
    split = len(encoder.grids)
    told = {column: np.full(len(encoded), None, np.object_) for column in encoder.columns}
    for i, channel in enumerate(encoder.channels):
        if channel.kind == "number":
            told[channel.column] = np.array(_numbers(encoder, network, encoded, i), np.object_)
        elif channel.kind == "category" and encoder.vocabularies[i - split].names:
            told[channel.column] = np.array(_categories(encoder, network, encoded, i - split), np.object_)
    return told


def _numbers(encoder: Encoder, network: Network, encoded: Encoded, i: int) -> Sequence[str]:
    def rank(tile: Encoded, _: Tensor | None) -> Tensor:
        prediction: Prediction = network(tile.numbers, tile.codes)
        weights, means, _ = torch.split(prediction.gaussians[i].float(), MIXTURE)
        return 2 * means.gather(0, weights.argmax(0, keepdim=True))[0]

    return [f"{encoder.grids[i].decode(float(each)):.6g}" for each in tiled(encoded, rank)]


def _categories(encoder: Encoder, network: Network, encoded: Encoded, i: int) -> Sequence[str | None]:
    words = encoder.vocabularies[i]
    codes = torch.from_numpy(words.codes[: len(words.names)]).to(encoded.codes.device)

    def place(tile: Encoded, _: Tensor | None) -> Tensor:
        prediction: Prediction = network(tile.numbers, tile.codes)
        first, second = prediction.codes[i]
        return (first.index_select(0, codes[:, 0]) + second.index_select(0, codes[:, 1])).argmax(0)

    return [None if words.names[at] == NULL else words.names[at] for at in tiled(encoded, place).tolist()]
