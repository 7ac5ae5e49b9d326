"""How near a user's vector is to an item's. All three are inner products of vectors made ready for that, so one index serves each."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from recommender.data.training_data import Similarity


def placed(vectors: Tensor, similarity: Similarity) -> Tensor:
    """A tower's output, (..., d): of length 1 for the cosine, as it is otherwise."""
    return functional.normalize(vectors, dim=-1) if similarity == "cosine" else vectors


def items_ready(vectors: Tensor, similarity: Similarity) -> Tensor:
    """Items for the inner product, (n, d) -> (n, d), or (n, d + 1) for the Euclidean distance: |u - i|² orders items as |i|² - 2ui does."""
    return torch.cat([vectors, -vectors.square().sum(-1, keepdim=True) / 2], -1) if similarity == "euclidean" else vectors


def users_ready(points: Tensor, similarity: Similarity) -> Tensor:
    """Users for the inner product, (n, d) -> the width of `items_ready`."""
    return torch.cat([points, torch.ones_like(points[..., :1])], -1) if similarity == "euclidean" else points
