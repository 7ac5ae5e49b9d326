"""How the towers learn: some epochs of hidden items where that is wanted, then of next items."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from recommender.material import Material
from recommender.models.cooccurrence import CoOccurrence
from recommender.sequences import Sequences
from recommender.towers.described import Described
from recommender.towers.losses import Pupils, hidden_item, next_item
from recommender.towers.modules import ItemTower, UserTower
from recommender.towers.starting import start
from recommender.towers.windows import Lesson, windows

RATE = 3e-3  # of learning, falling to a twentieth


def fit(material: Material, counted: CoOccurrence, seed: int, pretrain: int = 0) -> tuple[ItemTower, UserTower]:
    """Train both towers, on the GPU where there is one.

    Interactions of unknown order reach the towers through the co-occurrence alone.

    Args:
        material: What to learn from.
        counted: Co-occurrence of the same events, from which the items start.
        seed: Of all that is drawn.
        pretrain: Epochs in which hidden items are told, before those of the material.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rng = np.random.default_rng(seed)
    met = np.bincount(material.events.items, minlength=material.items)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        pupils = Pupils(
            start(counted.matrix, material, met, rng).to(device),
            UserTower(material.dimensions, len(material.vocabulary.kinds), material.similarity).to(device),
            Described.of(material.features, material.modes, met).to(device),
            torch.from_numpy(np.flatnonzero(met)).to(device),
        )
        events = material.events.where(material.events.ordered)
        _learn(pupils, hidden_item, events, pretrain, rng, lambda *told: material.watch("towers/hidden", *told))
        _learn(pupils, next_item, events, material.epochs, rng, lambda *told: material.watch("towers/loss", *told))
    return pupils.items.cpu().eval(), pupils.users.cpu().eval()


def _learn(
    pupils: Pupils, task: Callable[[Pupils, Lesson], Tensor], events: Sequences, epochs: int, rng: np.random.Generator, told: Callable[[float, int], None]
) -> None:
    cut = windows(events)
    optimizer = torch.optim.AdamW([*pupils.items.parameters(), *pupils.users.parameters()], lr=RATE, weight_decay=0.0, fused=True)
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
