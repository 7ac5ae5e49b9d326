"""Express each similarity of users and items as an inner product, so that one index serves all three."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from recommender.data.training_data import Similarity


def normalize_output(vectors: Tensor, similarity: Similarity) -> Tensor:
    """Scale a tower's output, (..., d), to length 1 for the cosine; leave it as it is for the others."""
    return functional.normalize(vectors, dim=-1) if similarity == "cosine" else vectors


def prepare_items(vectors: Tensor, similarity: Similarity) -> Tensor:
    """Prepare items for the inner product: (n, d) -> (n, d), or (n, d + 1) for the Euclidean distance, where |u - i|² orders items as |i|² - 2ui does."""
    return torch.cat([vectors, -vectors.square().sum(-1, keepdim=True) / 2], -1) if similarity == "euclidean" else vectors


def prepare_users(vectors: Tensor, similarity: Similarity) -> Tensor:
    """Prepare users for the inner product: (n, d) -> the width of `prepare_items`."""
    return torch.cat([vectors, torch.ones_like(vectors[..., :1])], -1) if similarity == "euclidean" else vectors
