"""What the towers are to learn: which item came next, and which one was hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from recommender.two_tower.batches import Batch
from recommender.two_tower.item_features import ItemFeatures
from recommender.two_tower.modules import ItemTower, UserTower
from recommender.two_tower.similarity import items_ready, users_ready

TEMPERATURE = 0.07
NEGATIVES = 512
HIDDEN = 0.2  # of the events, where hidden ones are told
ALONE = 0.2  # of the users with people around them are told by these alone


@dataclass(frozen=True, slots=True, eq=False)
class TwoTower:
    """Both towers while they learn, and what they are told apart from.

    Attributes:
        items: The item tower.
        users: The user tower.
        known: What is known of all items.
        met: The items that may be negatives, shape (n,). What nobody has met is none, or it would be pushed away for being new.
    """

    items: ItemTower
    users: UserTower
    known: ItemFeatures
    met: Tensor


def next_item(pupils: TwoTower, lesson: Batch) -> Tensor:
    """Tell each event's next item, from what stands before it."""
    read = _Read.of(lesson, pupils.met.device)
    return _loss(pupils, read, read.inside, read.targets, read.weights)


def hidden_item(pupils: TwoTower, lesson: Batch) -> Tensor:
    """Tell items that are hidden, from what stands before and behind them (the cloze task of BERT4Rec, Sun et al. 2019)."""
    read = _Read.of(lesson, pupils.met.device)
    hidden = read.inside & (torch.rand(read.inside.shape, device=read.inside.device) < HIDDEN)
    targets = read.items[hidden]
    return _loss(pupils, read, hidden, targets, torch.ones(len(targets), device=targets.device), hidden=hidden)


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A lesson as tensors."""

    items: Tensor
    kinds: Tensor
    ages: Tensor
    inside: Tensor
    targets: Tensor
    weights: Tensor
    around: Tensor

    @classmethod
    def of(cls, lesson: Batch, device: torch.device) -> _Read:
        around = np.zeros((len(lesson.items), 0), np.int64) if lesson.around is None else lesson.around
        told = (lesson.items, lesson.kinds, lesson.ages, lesson.inside, lesson.targets, lesson.weights, around)
        return cls(*(torch.from_numpy(each).to(device) for each in told))


def _loss(pupils: TwoTower, read: _Read, at: Tensor, targets: Tensor, weights: Tensor, hidden: Tensor | None = None) -> Tensor:
    """Softmax of each target among itself and negatives, weighted.

    Negatives are uniform over the items that were met: each is drawn with the same chance, so the correction by log Q (Bengio and
    Senécal 2008) is one constant, which the softmax does not see. Each item passes the item tower once.
    """
    negatives = pupils.met[torch.randint(len(pupils.met), (NEGATIVES,), device=pupils.met.device)]
    near = read.around.clamp(min=0).flatten()
    unique, where = torch.unique(torch.cat([read.items.flatten(), targets, negatives, near]), return_inverse=True)
    vectors = pupils.items(unique, pupils.known.rows(unique))
    seen, wanted, others, beside = where.split([read.items.numel(), len(targets), NEGATIVES, near.numel()])
    told = functional.embedding(seen.view_as(read.items), vectors)
    around = mean_around(functional.embedding(beside.view_as(read.around), vectors), read.around)
    untold = _untold(around, told, hidden)
    if untold is not None:
        told = torch.where(untold[..., None], pupils.users.hidden, told)
    similarity = pupils.items.similarity
    points = users_ready(pupils.users(told, read.kinds, read.ages, None if hidden is None else read.inside, around)[at], similarity)
    ready = items_ready(vectors, similarity)
    right = (points * functional.embedding(wanted, ready)).sum(1, keepdim=True)
    wrong = (points @ functional.embedding(others, ready).T).masked_fill(negatives == targets[:, None], -torch.inf)
    losses = functional.cross_entropy(torch.cat([right, wrong], 1) / TEMPERATURE, torch.zeros_like(targets), reduction="none")
    return (losses * weights).sum() / weights.sum().clamp(min=1e-9)


def mean_around(vectors: Tensor, items: Tensor) -> Tensor | None:
    """The mean vector of what the people around each user had met, (users, d), from vectors (users, n, d) of items (users, n); None where n is 0."""
    there = (items >= 0)[..., None]
    return (vectors * there).sum(1) / there.sum(1).clamp(min=1) if items.shape[1] else None


def _untold(around: Tensor | None, told: Tensor, hidden: Tensor | None) -> Tensor | None:
    """Which events' items are not told: hidden ones; and at times all of a user with people around him, who then must speak for him alone."""
    if around is None or hidden is not None:
        return hidden
    alone = (torch.rand(len(told), device=told.device) < ALONE) & around.any(1)
    return alone[:, None].expand(told.shape[:2])
