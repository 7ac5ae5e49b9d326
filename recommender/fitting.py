"""How the towers learn: from the singular vectors of co-occurrence on, to tell what came next from what did not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from scipy.sparse.linalg import svds
from torch import Tensor
from torch.nn import functional

from recommender.attributes import BUCKETS
from recommender.cooccurrence import CoOccurrence
from recommender.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.towers import HISTORY, ItemTower, Towers, UserTower, padded

TEMPERATURE = 0.07
NEGATIVES = 256
ID_DROPOUT = 0.1
WINDOWS = 64  # in a step
RATE = 3e-3  # of learning, falling to 0


@dataclass(frozen=True, slots=True)
class Settings:
    """How large the towers are, and how long they learn."""

    dimensions: int = 64
    epochs: int = 8
    seed: int = 0


def fit(events: Sequences, vocabulary: Vocabulary, features: Ints, counted: CoOccurrence, settings: Settings) -> Towers:
    """Train both towers, on the GPU where there is one.

    Items that nobody has met are no negatives, or they would be pushed away for being new; their ids stay 0, so their
    attributes speak for them. Negatives are uniform over the others, so that log Q is one constant and needs no
    correction. Interactions of unknown order reach the towers through the co-occurrence alone.

    Args:
        events: Interactions, repeats collapsed.
        vocabulary: Items and kinds.
        features: Of `attributes.features`.
        counted: Co-occurrence of the same events, from which the items start.
        settings: Size, length, seed.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    met = np.bincount(events.items, minlength=len(vocabulary.items)) > 0
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        item_tower = start(counted, features, met, settings).to(device)
        user_tower = UserTower(settings.dimensions, len(vocabulary.kinds)).to(device)
        _learn(item_tower, user_tower, events.where(events.ordered), torch.from_numpy(np.flatnonzero(met)).to(device), settings)
        with torch.no_grad():
            vectors: Floats = item_tower.eval()(torch.arange(len(met), device=device)).cpu().numpy()
    return Towers(vectors, user_tower.cpu().eval())


def start(counted: CoOccurrence, features: Ints, met: np.ndarray[tuple[int], np.dtype[np.bool_]], settings: Settings) -> ItemTower:
    """The item tower before its first step: together, id and attributes of an item give its singular vector.

    A feature starts as the mean of the items that have it, an id as what its features leave unexplained; so an item
    that nobody has met starts among its like.
    """
    rng = np.random.default_rng(settings.seed)
    vectors = singular_vectors(counted.matrix, settings.dimensions, rng)
    vectors = (vectors + rng.normal(scale=0.02, size=vectors.shape)) * met[:, None]
    rows, places = np.nonzero(features)
    has = sp.csr_matrix((np.ones(len(rows)), (rows, features[rows, places])), shape=(len(met), BUCKETS))
    attributes = (has.T @ vectors) / (1 + (has.T @ met.astype(float)))[:, None]
    explained = (has @ attributes) / np.maximum((features > 0).sum(1), 1)[:, None]
    ids = (vectors - explained) * met[:, None]
    tables = [torch.from_numpy(each.astype(np.float32)) for each in (ids, attributes)]
    return ItemTower(tables[0], tables[1], torch.from_numpy(features), ID_DROPOUT if features.any() else 0.0)


def singular_vectors(matrix: sp.csr_matrix, dimensions: int, rng: np.random.Generator) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Leading left singular vectors of the symmetric part, scaled by the roots of their values, rows about 0.8 long."""
    symmetric = ((matrix + matrix.T) / 2).astype(np.float64)
    size = symmetric.shape[0]
    rank = min(dimensions, size - 1)
    left, values, _ = svds(symmetric, k=rank, v0=rng.normal(size=size))
    scaled = left * np.sqrt(np.maximum(values, 0))
    scaled *= 0.8 / (np.linalg.norm(scaled, axis=1, keepdims=True) + 1e-3)
    return np.pad(scaled, ((0, 0), (0, dimensions - rank)))


def _learn(item_tower: ItemTower, user_tower: UserTower, events: Sequences, candidates: Tensor, settings: Settings) -> None:
    parameters = [*item_tower.parameters(), *user_tower.parameters()]
    steps = _steps(events, settings)
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.0, fused=True)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, total_iters=len(steps))
    item_tower.train()
    user_tower.train()
    for starts, lengths in steps:
        optimizer.zero_grad(set_to_none=True)
        _loss(item_tower, user_tower, events, starts, lengths, candidates).backward()  # type: ignore[no-untyped-call]  # torch's own
        optimizer.step()
        schedule.step()


def _steps(events: Sequences, settings: Settings) -> list[tuple[Ints, Ints]]:
    """The windows of each step of all epochs; windows of like length go together, so that little is padded."""
    rng = np.random.default_rng(settings.seed)
    windows = np.maximum(-(-(events.lengths - 1) // HISTORY), 0)
    ends = np.repeat(events.starts[1:], windows)
    starts = np.repeat(events.starts[:-1], windows) + HISTORY * (np.arange(len(ends)) - np.repeat(np.cumsum(windows) - windows, windows))
    lengths = np.minimum(HISTORY, ends - 1 - starts)
    steps = []
    for _ in range(settings.epochs):
        order = np.argsort(lengths + rng.uniform(0, 4, len(lengths)), kind="stable")
        groups = [order[first : first + WINDOWS] for first in range(0, len(order), WINDOWS)]
        steps += [(starts[groups[each]], lengths[groups[each]]) for each in rng.permutation(len(groups))]
    return steps


def _loss(item_tower: ItemTower, user_tower: UserTower, events: Sequences, starts: Ints, lengths: Ints, candidates: Tensor) -> Tensor:
    """Softmax of each next item among itself and the negatives, each weighted by its kind."""
    device = candidates.device
    inputs, kinds, ages = (torch.from_numpy(each).to(device) for each in padded(events, starts, lengths))
    inside = torch.from_numpy(np.arange(inputs.shape[1]) < lengths[:, None]).to(device)
    next_places = (starts[:, None] + 1 + np.arange(inputs.shape[1]))[inside.cpu().numpy()]
    targets = torch.from_numpy(events.items[next_places]).to(device)
    weights = torch.from_numpy(events.weights[next_places]).to(device)
    negatives = candidates[torch.randint(len(candidates), (NEGATIVES,), device=device)]
    unique, where = torch.unique(torch.cat([inputs.flatten(), targets, negatives]), return_inverse=True)
    vectors = item_tower(unique)
    seen, wanted, others = where.split([inputs.numel(), len(targets), NEGATIVES])
    points = user_tower(functional.embedding(seen.view_as(inputs), vectors), kinds, ages)[inside]
    right = (points * functional.embedding(wanted, vectors)).sum(1, keepdim=True)
    wrong = (points @ functional.embedding(others, vectors).T).masked_fill(negatives == targets[:, None], -torch.inf)
    losses = functional.cross_entropy(torch.cat([right, wrong], 1) / TEMPERATURE, torch.zeros_like(targets), reduction="none")
    return (losses * weights).sum() / weights.sum()
