"""The plainest learned model: an embedding of the user, an embedding of the item, and the sigmoid of their dot product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from recommender.data.sequences import Floats, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.least_squares import solve
from recommender.models.sparse import interaction_matrix
from recommender.ranker import Arrays

RATE = 0.02
SPREAD = 0.1  # of the first vectors
PAIRS = 4096  # in a step
FOLDING = 12  # steps of conjugate gradients


@dataclass(frozen=True, slots=True, eq=False)
class LogisticMF:
    """The items' embeddings. A user's is folded in from his history whenever he is asked for: one Newton step, from 0, of the loss it was learned with.

    Attributes:
        vectors: Of the items, shape (items, d).
        ridge: What keeps users' vectors short.
    """

    vectors: Floats
    ridge: float

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, ridge: float = 3.0) -> Self:
        """Learn to tell who met what from as many random pairs, by binary cross entropy."""
        users = interaction_matrix(data.events, data.items).tocoo()
        pairs = [torch.from_numpy(np.asarray(each)) for each in (users.row.astype(np.int64), users.col.astype(np.int64), users.data)]
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            tables = [(torch.randn(size, data.dimensions) * SPREAD).requires_grad_() for size in users.shape]
            _learn(tables[0], tables[1], pairs, data)
        return cls(tables[1].detach().numpy(), ridge)

    def user_embeddings(self, histories: Sequences) -> Floats:
        """The users' vectors, shape (users, d).

        At 0 the loss of a pair has the slope -1/2 where it was met, 1/2 where it was not, and the curvature 1/4.
        """
        told = interaction_matrix(histories, len(self.vectors))
        share = np.asarray(told.sum(1), np.float32).ravel() / len(self.vectors)  # as many pairs that were not met, over all items
        right = (told @ self.vectors - share[:, None] * self.vectors.sum(0)) / 2
        return solve(told / 4, self.vectors, right, share / 4, np.full_like(share, self.ridge), steps=FOLDING)

    def score(self, histories: Sequences) -> Floats:
        """The dot products; their sigmoid is the chance that a pair is one that was met, among as many random ones."""
        return self.user_embeddings(histories) @ self.vectors.T

    def to_arrays(self) -> Arrays:
        """The items' vectors, and what folding needs."""
        return {"vectors": self.vectors, "ridge": np.array([self.ridge])}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        if len(arrays["vectors"]) != len(vocabulary.items):
            raise ValueError("the vectors are not one an item")
        return cls(arrays["vectors"], float(arrays["ridge"][0]))


def _learn(users: Tensor, items: Tensor, pairs: list[Tensor], data: TrainingData) -> None:
    """Adam over all pairs, each against one random item, so many times as there are epochs."""
    optimizer = torch.optim.Adam([users, items], lr=RATE)
    for epoch in range(data.epochs):
        losses = []
        for some in torch.split(torch.randperm(len(pairs[0])), PAIRS):
            who, what, weights = (each[some] for each in pairs)
            loss = _loss(users[who], items[what], items[torch.randint(len(items), (len(some),))], weights)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own
            optimizer.step()
            losses.append(float(loss.detach()))
        data.log_metric("plain/loss", float(np.mean(losses)), epoch)


def _loss(users: Tensor, right: Tensor, wrong: Tensor, weights: Tensor) -> Tensor:
    apart = functional.softplus(-(users * right).sum(1)) + functional.softplus((users * wrong).sum(1))
    return (apart * weights).sum() / weights.sum()
