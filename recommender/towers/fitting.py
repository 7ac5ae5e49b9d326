"""How the towers learn: to tell the item that came next from items that did not."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from recommender.material import Material
from recommender.models.cooccurrence import CoOccurrence
from recommender.sequences import Floats, Sequences
from recommender.towers.modules import ItemTower, UserTower
from recommender.towers.starting import start
from recommender.towers.windows import Lesson, windows

TEMPERATURE = 0.07
NEGATIVES = 256
RATE = 3e-3  # of learning, falling to a twentieth


def fit(material: Material, counted: CoOccurrence, seed: int) -> tuple[Floats, UserTower]:
    """Train both towers, on the GPU where there is one; the items' vectors, and the user tower.

    Items that nobody has met are no negatives, or they would be pushed away for being new; their ids stay 0, so their
    attributes speak for them. Negatives are uniform over the others, so that log Q is one constant and needs no
    correction. Interactions of unknown order reach the towers through the co-occurrence alone.

    Args:
        material: What to learn from.
        counted: Co-occurrence of the same events, from which the items start.
        seed: Of all that is drawn.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rng = np.random.default_rng(seed)
    events = material.events
    met = np.bincount(events.items, minlength=material.items) > 0
    features = material.features if material.features.size else np.zeros((material.items, 1), np.int64)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        item_tower = start(counted.matrix, features, met, material.dimensions, rng).to(device)
        user_tower = UserTower(material.dimensions, len(material.vocabulary.kinds)).to(device)
        candidates = torch.from_numpy(np.flatnonzero(met)).to(device)
        _learn(item_tower, user_tower, events.where(events.ordered), candidates, material.epochs, rng)
        with torch.no_grad():
            vectors: Floats = item_tower.eval()(torch.arange(len(met), device=device)).cpu().numpy()
    return vectors, user_tower.cpu().eval()


def _learn(item_tower: ItemTower, user_tower: UserTower, events: Sequences, candidates: Tensor, epochs: int, rng: np.random.Generator) -> None:
    cut = windows(events)
    optimizer = torch.optim.AdamW([*item_tower.parameters(), *user_tower.parameters()], lr=RATE, weight_decay=0.0, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, total_iters=epochs * cut.lessons_an_epoch)
    item_tower.train()
    user_tower.train()
    for lesson in cut.lessons(epochs, rng):
        optimizer.zero_grad(set_to_none=True)
        loss(item_tower, user_tower, lesson, candidates).backward()  # type: ignore[no-untyped-call]  # torch's own
        optimizer.step()
        schedule.step()


def loss(item_tower: ItemTower, user_tower: UserTower, lesson: Lesson, candidates: Tensor) -> Tensor:
    """Softmax of each next item among itself and random negatives, each weighted by its kind.

    Args:
        item_tower: Gives the items' vectors; each item of the lesson passes it once.
        user_tower: Points to the next items.
        lesson: The events and what came next.
        candidates: The items that may be negatives, shape (n,).
    """
    device = candidates.device
    items, kinds, ages, inside, targets, weights = (
        torch.from_numpy(each).to(device) for each in (lesson.items, lesson.kinds, lesson.ages, lesson.inside, lesson.targets, lesson.weights)
    )
    negatives = candidates[torch.randint(len(candidates), (NEGATIVES,), device=device)]
    unique, where = torch.unique(torch.cat([items.flatten(), targets, negatives]), return_inverse=True)
    vectors = item_tower(unique)
    seen, wanted, others = where.split([items.numel(), len(targets), NEGATIVES])
    points = user_tower(functional.embedding(seen.view_as(items), vectors), kinds, ages)[inside]
    right = (points * functional.embedding(wanted, vectors)).sum(1, keepdim=True)
    wrong = (points @ functional.embedding(others, vectors).T).masked_fill(negatives == targets[:, None], -torch.inf)
    losses = functional.cross_entropy(torch.cat([right, wrong], 1) / TEMPERATURE, torch.zeros_like(targets), reduction="none")
    return (losses * weights).sum() / weights.sum()
