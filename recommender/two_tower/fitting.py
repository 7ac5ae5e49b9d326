"""How the towers learn: some epochs of hidden items where that is wanted, then of next items."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from recommender.data.sequences import Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.cooccurrence import CoOccurrence
from recommender.models.threads import limit_to_one_thread
from recommender.two_tower.batches import Batch, windows
from recommender.two_tower.initialization import start
from recommender.two_tower.item_features import ItemFeatures
from recommender.two_tower.losses import TwoTower, hidden_item, next_item
from recommender.two_tower.modules import ItemTower, UserTower
from recommender.two_tower.warm_start import PART, fits, moved

RATE = 3e-3  # of learning, falling to a twentieth

Task: TypeAlias = Callable[[TwoTower, Batch], Tensor]


Since: TypeAlias = tuple[Vocabulary, ItemTower, UserTower]  # what was learned before, and of which items and kinds


@limit_to_one_thread()
def fit(data: TrainingData, counted: CoOccurrence, seed: int, pretrain: int = 0, since: Since | None = None) -> tuple[ItemTower, UserTower]:
    """Train both towers, on the GPU where there is one, else in one thread.

    Interactions of unknown order reach the towers through the co-occurrence alone.

    Args:
        data: What to learn from.
        counted: Co-occurrence of the same events, from which the items start.
        seed: Of all that is drawn.
        pretrain: Epochs in which hidden items are told, before those of the data.
        since: Towers to learn on from in a part of the epochs, where they fit the data; else a whole fit is made.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rng = np.random.default_rng(seed)
    met = np.bincount(data.events.items, minlength=data.items)
    warm = since is not None and fits(since[1], since[2], since[0], data)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        items, users = _warm(since, data, counted, met) if since is not None and warm else _cold(data, counted, met, rng)
        known = ItemFeatures.of(data.attributes, data.content, met).to(device)
        pupils = TwoTower(items.to(device), users.to(device), known, torch.from_numpy(np.flatnonzero(met)).to(device))
        events = data.events.filter(data.events.ordered)
        _learn(pupils, hidden_item, events, 0 if warm else pretrain, rng, lambda *told: data.log_metric("towers/hidden", *told))
        epochs = -(-data.epochs // PART) if warm else data.epochs
        _learn(pupils, next_item, events, epochs, rng, lambda *told: data.log_metric("towers/loss", *told), RATE / (PART if warm else 1))
    return pupils.items.cpu().eval(), pupils.users.cpu().eval()


def _cold(data: TrainingData, counted: CoOccurrence, met: Ints, rng: np.random.Generator) -> tuple[ItemTower, UserTower]:
    return start(counted.matrix, data, met, rng), UserTower(data.dimensions, len(data.vocabulary.kinds), data.similarity)


def _warm(since: Since, data: TrainingData, counted: CoOccurrence, met: Ints) -> tuple[ItemTower, UserTower]:
    known, items, users = since
    return moved(items, known, data, counted, met), copy.deepcopy(users)


def _learn(
    pupils: TwoTower, task: Task, events: Sequences, epochs: int, rng: np.random.Generator, told: Callable[[float, int], None], rate: float = RATE
) -> None:
    cut = windows(events)
    optimizer = torch.optim.AdamW([*pupils.items.parameters(), *pupils.users.parameters()], lr=rate, weight_decay=0.0, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, total_iters=max(1, epochs) * cut.lessons_an_epoch)
    pupils.items.train()
    pupils.users.train()
    for epoch in range(epochs):
        losses = []
        for lesson in cut.lessons(rng):
            optimizer.zero_grad(set_to_none=True)
            loss = task(pupils, lesson)
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own
            optimizer.step()
            schedule.step()
            losses.append(loss.detach())
        if losses:
            told(float(torch.stack(losses).mean()), epoch)
