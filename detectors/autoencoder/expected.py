"""The value that the network would have expected in a cell."""

from __future__ import annotations

import torch

from detectors.autoencoder.network import Prediction
from detectors.channels import NULL
from detectors.encoding import Encoder


def expected(encoder: Encoder, prediction: Prediction, row: int, column: str) -> str | None:
    """The most likely value of a column, as text; None where its channels do not tell a value (a text's length, an hour)."""
    for i, channel in enumerate(encoder.channels):
        if channel.column == column and channel.kind == "number":
            best = int(prediction.weights[row, i].argmax())
            return f"{encoder.grids[i].decode(float(prediction.means[row, i, best])):.6g}"
        if channel.column == column and channel.kind == "category":
            return _category(encoder, prediction, row, i - len(encoder.grids))
    return None


def _category(encoder: Encoder, prediction: Prediction, row: int, i: int) -> str | None:
    words = encoder.vocabularies[i]
    if not words.names:
        return None
    first, second = prediction.codes[i]
    codes = torch.from_numpy(words.codes[: len(words.names)]).to(first.device)
    value = words.names[int((first[row][codes[:, 0]] + second[row][codes[:, 1]]).argmax())]
    return None if value == NULL else value
