"""Factorize interactions with a logistic loss: the sigmoid of the product of a user's and an item's embedding (Johnson: Logistic matrix factorization)."""

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

LEARNING_RATE = 0.02
INITIAL_SPREAD = 0.1  # standard deviation of the initial embeddings
PAIRS = 4096  # of a batch
FOLD_IN_STEPS = 12  # conjugate gradient steps


@dataclass(frozen=True, slots=True, eq=False)
class LogisticMF:
    """Score items by the product of user and item embeddings; users are folded in by one Newton step, from 0, of the loss.

    Attributes:
        item_embeddings: Embeddings of the items, shape (items, d).
        regularization: L2 penalty of the fold-in.

    Example:
        >>> data = TrainingData(Sequences.from_lists([[0, 1], [2]]), Vocabulary(("tea", "cup", "ink")), dimensions=4, epochs=2)
        >>> LogisticMF.fit(data).score(Sequences.from_lists([[0], [1, 2]])).shape
        (2, 3)
    """

    item_embeddings: Floats
    regularization: float

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0, regularization: float = 3.0) -> Self:
        """Learn to tell interactions from as many random pairs, by binary cross-entropy.

        Args:
            data: Interactions to learn from; its dimensions and epochs apply.
            seed: Seed of the initial embeddings and the random pairs.
            regularization: L2 penalty of the fold-in.
        """
        users = interaction_matrix(data.events, data.items).tocoo()
        pairs = [torch.from_numpy(np.asarray(column)) for column in (users.row.astype(np.int64), users.col.astype(np.int64), users.data)]
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            tables = [(torch.randn(size, data.dimensions) * INITIAL_SPREAD).requires_grad_() for size in users.shape]
            _train(tables[0], tables[1], pairs, data)
        return cls(tables[1].detach().numpy(), regularization)

    def user_embeddings(self, histories: Sequences) -> Floats:
        """Return the embeddings of users, shape (users, d).

        At 0 the loss of a pair has the slope -1/2 for an interaction, 1/2 for none, and the curvature 1/4.
        """
        observed = interaction_matrix(histories, len(self.item_embeddings))
        share = np.asarray(observed.sum(1), np.float32).ravel() / len(self.item_embeddings)  # of as many random pairs, over all items
        right = (observed @ self.item_embeddings - share[:, None] * self.item_embeddings.sum(0)) / 2
        return solve(observed / 4, self.item_embeddings, right, share / 4, np.full_like(share, self.regularization), steps=FOLD_IN_STEPS)

    def score(self, histories: Sequences) -> Floats:
        """Return the products of the embeddings; the sigmoid of one is the probability that a pair is an interaction rather than random."""
        return self.user_embeddings(histories) @ self.item_embeddings.T

    def to_arrays(self) -> Arrays:
        """Return the item embeddings, and what the fold-in needs."""
        return {"vectors": self.item_embeddings, "ridge": np.array([self.regularization])}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`."""
        if len(arrays["vectors"]) != len(vocabulary.items):
            raise ValueError("there is not one vector per item")
        return cls(arrays["vectors"], float(arrays["ridge"][0]))


def _train(users: Tensor, items: Tensor, pairs: list[Tensor], data: TrainingData) -> None:
    """Run Adam over all pairs, each against one random item, for the epochs of the data."""
    optimizer = torch.optim.Adam([users, items], lr=LEARNING_RATE)
    for epoch in range(data.epochs):
        losses = []
        for batch in torch.split(torch.randperm(len(pairs[0])), PAIRS):
            user, item, weights = (column[batch] for column in pairs)
            loss = _loss(users[user], items[item], items[torch.randint(len(items), (len(batch),))], weights)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own
            optimizer.step()
            losses.append(float(loss.detach()))
        data.log_metric("logistic_mf/loss", float(np.mean(losses)), epoch)


def _loss(users: Tensor, positives: Tensor, negatives: Tensor, weights: Tensor) -> Tensor:
    losses = functional.softplus(-(users * positives).sum(1)) + functional.softplus((users * negatives).sum(1))
    return (losses * weights).sum() / weights.sum()
