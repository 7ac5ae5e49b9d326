"""Define the losses of the two towers: predict the next item, or a hidden one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from recommender.two_tower.batches import Batch
from recommender.two_tower.item_features import ItemFeatures
from recommender.two_tower.modules import ItemTower, UserTower
from recommender.two_tower.similarity import prepare_items, prepare_users

TEMPERATURE = 0.07  # what similarities are divided by, unless set
NEGATIVES = 512  # drawn for each batch, unless set
HIDDEN = 0.2  # share of the events that are hidden in pre-training
SIDE_DROPOUT = 0.2  # share of the attributes and context that are hidden, as a request may lack them
SOCIAL_ONLY = 0.2  # share of the users with people around them whose own items are hidden


@dataclass(frozen=True, slots=True, eq=False)
class TwoTower:
    """Hold both towers while they learn, and the items that they learn to tell apart.

    Attributes:
        items: Item tower.
        users: User tower.
        features: Features of all items.
        negatives: Items that may be drawn as negatives, shape (n,): those with interactions. Items without any are excluded, as the loss
            would push them away for being new.
        drawn: Number of negatives that are drawn for each batch.
        temperature: What similarities are divided by; the lower, the more the hardest negatives count.
    """

    items: ItemTower
    users: UserTower
    features: ItemFeatures
    negatives: Tensor
    drawn: int = NEGATIVES
    temperature: float = TEMPERATURE


def next_item_loss(towers: TwoTower, batch: Batch) -> Tensor:
    """Compute the loss of predicting each event's next item from the events up to it."""
    tensors = BatchTensors.of(batch, towers.negatives.device)
    return _softmax_loss(towers, tensors, tensors.inside, tensors.targets, tensors.weights)


def hidden_item_loss(towers: TwoTower, batch: Batch) -> Tensor:
    """Compute the loss of predicting hidden items from the events around them (the cloze task of BERT4Rec, Sun et al. 2019)."""
    tensors = BatchTensors.of(batch, towers.negatives.device)
    hidden = tensors.inside & (torch.rand(tensors.inside.shape, device=tensors.inside.device) < HIDDEN)
    targets = tensors.items[hidden]
    return _softmax_loss(towers, tensors, hidden, targets, torch.ones(len(targets), device=targets.device), hidden=hidden)


@dataclass(frozen=True, slots=True, eq=False)
class BatchTensors:
    """Hold a batch as tensors; what is None in the batch has no column here, and no item."""

    items: Tensor
    kinds: Tensor
    time_gaps: Tensor
    inside: Tensor
    targets: Tensor
    weights: Tensor
    social_items: Tensor
    side: Tensor
    masked: Tensor
    hard_negatives: Tensor

    @classmethod
    def of(cls, batch: Batch, device: torch.device) -> BatchTensors:
        """Move a batch to a device."""
        social = np.zeros((len(batch.items), 0), np.int64) if batch.social_items is None else batch.social_items
        side = np.zeros((*batch.items.shape, 0), np.int64) if batch.side is None else batch.side
        masked = np.zeros((len(batch.items), 0), np.bool_) if batch.masked is None else batch.masked
        hard = np.zeros(0, np.int64) if batch.hard_negatives is None else batch.hard_negatives
        arrays = (batch.items, batch.kinds, batch.time_gaps, batch.inside, batch.targets, batch.weights, social, side, masked, hard)
        return cls(*(torch.from_numpy(array).to(device) for array in arrays))


def _softmax_loss(towers: TwoTower, batch: BatchTensors, at: Tensor, targets: Tensor, weights: Tensor, hidden: Tensor | None = None) -> Tensor:
    """Compute the weighted softmax loss of each target among itself and sampled negatives.

    Negatives are uniform over the items with interactions: each is drawn with the same probability, so the log Q correction (Bengio and
    Senécal 2008) is one constant, which the softmax ignores. Each item passes the item tower once.
    """
    drawn = towers.negatives[torch.randint(len(towers.negatives), (towers.drawn,), device=towers.negatives.device)]
    negatives = torch.cat([drawn, batch.hard_negatives]) if hidden is None else drawn
    social_items = batch.social_items.clamp(min=0).flatten()
    unique, where = torch.unique(torch.cat([batch.items.flatten(), targets, negatives, social_items]), return_inverse=True)
    vectors = towers.items(unique, towers.features.rows(unique))
    history_rows, target_rows, negative_rows, social_rows = where.split([batch.items.numel(), len(targets), len(negatives), social_items.numel()])
    inputs = functional.embedding(history_rows.view_as(batch.items), vectors)
    social = mean_social_vector(functional.embedding(social_rows.view_as(batch.social_items), vectors), batch.social_items)
    masked = _masked_events(social, inputs, hidden)
    if batch.masked.shape[1] and hidden is None:
        masked = batch.masked if masked is None else masked | batch.masked
    if masked is not None:
        inputs = torch.where(masked[..., None], towers.users.mask_token, inputs)
    similarity = towers.items.similarity
    visible = None if hidden is None else batch.inside
    side = _visible_side(batch.side) if hidden is None else None
    users = prepare_users(towers.users(inputs, batch.kinds, batch.time_gaps, visible, social, side)[at], similarity)
    items = prepare_items(vectors, similarity)
    positive = (users * functional.embedding(target_rows, items)).sum(1, keepdim=True)
    negative = (users @ functional.embedding(negative_rows, items).T).masked_fill(negatives == targets[:, None], -torch.inf)
    losses = functional.cross_entropy(torch.cat([positive, negative], 1) / towers.temperature, torch.zeros_like(targets), reduction="none")
    return (losses * weights).sum() / weights.sum().clamp(min=1e-9)


def mean_social_vector(vectors: Tensor, items: Tensor) -> Tensor | None:
    """Return the mean vector of the items of the people around each user, (users, d).

    Args:
        vectors: Vectors of these items, (users, n, d).
        items: Their numbers, (users, n); below 0 for padding.

    Returns:
        None where n is 0.
    """
    present = (items >= 0)[..., None]
    return (vectors * present).sum(1) / present.sum(1).clamp(min=1) if items.shape[1] else None


def _visible_side(side: Tensor) -> Tensor | None:
    """Hide a random share of the attributes and context; None where none are read."""
    return side * (torch.rand(side.shape, device=side.device) >= SIDE_DROPOUT) if side.shape[-1] else None


def _masked_events(social: Tensor | None, inputs: Tensor, hidden: Tensor | None) -> Tensor | None:
    """Return the events whose items are masked: hidden ones; and for a random share of the users with people around them, all."""
    if social is None or hidden is not None:
        return hidden
    alone = (torch.rand(len(inputs), device=inputs.device) < SOCIAL_ONLY) & social.any(1)
    return alone[:, None].expand(inputs.shape[:2])
