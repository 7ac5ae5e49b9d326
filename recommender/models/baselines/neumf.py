"""Learn interactions by neural collaborative filtering (NeuMF; He et al., WWW 2017): a product of embeddings and a perceptron, joined by a last layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from recommender.data.sequences import Floats, Ints, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.sparse import interaction_matrix
from recommender.ranker import Arrays

LEARNING_RATE = 0.01
INITIAL_SPREAD = 0.05  # standard deviation of the initial embeddings
NEGATIVES = 4  # random items per interaction
EVENTS = 2048  # of a batch, roughly
CELLS = 2**18  # users x items that are scored at a time


class Network(nn.Module):
    """Score pairs of users and items from embeddings.

    The paper gives each user an embedding; here it is the sum of the embeddings of the items in the history, over the root of their number,
    so that new users are served as well. The first d columns of an embedding are multiplied, the others pass the perceptron.
    """

    def __init__(self, items: int, dimensions: int) -> None:
        """Initialize all weights at random."""
        super().__init__()
        d, half = dimensions, max(dimensions // 2, 1)
        self.met, self.items = nn.Embedding(items, 2 * d), nn.Embedding(items, 2 * d)
        for table in (self.met, self.items):
            nn.init.normal_(table.weight, std=INITIAL_SPREAD)
        self.of_user, self.of_item = nn.Linear(d, d, bias=False), nn.Linear(d, d)
        self.hidden, self.product, self.last = nn.Linear(d, half), nn.Linear(d, 1, bias=False), nn.Linear(half, 1)

    def embed_users(self, items: Tensor, starts: Tensor, counts: Tensor) -> Tensor:
        """Return the sums of the items of users, shape (users, 2 d)."""
        total = functional.embedding_bag(items, self.met.weight, starts, mode="sum")
        return total / counts.clamp(min=1).sqrt()[:, None]

    def score_pairs(self, users: Tensor, items: Tensor) -> Tensor:
        """Return the scores of pairs of embeddings, shape (n,)."""
        d = self.product.in_features
        deep = self._deep(self.of_user(users[:, d:]) + self.of_item(items[:, d:]))
        scores: Tensor = (self.product(users[:, :d] * items[:, :d]) + deep)[:, 0]
        return scores

    def score_all(self, users: Tensor) -> Tensor:
        """Return the scores of users with every item, shape (users, items)."""
        d, items = self.product.in_features, self.items.weight
        deep = self._deep(self.of_user(users[:, d:])[:, None] + self.of_item(items[:, d:]))[:, :, 0]
        return (users[:, :d] * self.product.weight) @ items[:, :d].T + deep

    def _deep(self, first: Tensor) -> Tensor:
        scores: Tensor = self.last(torch.relu(self.hidden(torch.relu(first))))
        return scores


@dataclass(frozen=True, slots=True, eq=False)
class NeuMF:
    """Score items by a trained network.

    Attributes:
        network: The network.

    Example:
        >>> data = TrainingData(Sequences.from_lists([[0, 1], [2, 0]]), Vocabulary(("tea", "cup", "ink")), dimensions=4, epochs=2)
        >>> NeuMF.fit(data).score(Sequences.from_lists([[0], [1, 2]])).shape
        (2, 3)
    """

    network: Network

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0) -> Self:
        """Learn to tell each item of a user, from the user's other items, from random ones, by binary cross-entropy.

        Args:
            data: Interactions to learn from; its dimensions and epochs apply.
            seed: Seed of the weights and the random items.
        """
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = Network(data.items, data.dimensions).to(device)
            _train(network, data, np.random.default_rng(seed))
        return cls(network.cpu().eval())

    @torch.no_grad()
    def score(self, histories: Sequences) -> Floats:
        """Return the network's scores, shape (users, items); users without a history have an embedding of zeros."""
        observed = interaction_matrix(histories, self.network.items.num_embeddings)
        counts = np.diff(observed.indptr)
        columns = (observed.indices, observed.indptr[:-1], counts)
        users = self.network.embed_users(*(torch.from_numpy(column.astype(np.int64)) for column in columns))
        if not len(users):
            return np.zeros(observed.shape, np.float32)
        size = max(1, CELLS // observed.shape[1])
        scores: Floats = torch.cat([self.network.score_all(batch) for batch in torch.split(users, size)]).numpy()
        return scores

    def to_arrays(self) -> Arrays:
        """Return the weights."""
        return {name: value.numpy() for name, value in self.network.state_dict().items()}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`."""
        network = Network(len(vocabulary.items), arrays["of_user.weight"].shape[0])
        network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in arrays.items()}, strict=True)
        return cls(network.eval())


def _train(network: Network, data: TrainingData, rng: np.random.Generator) -> None:
    users = interaction_matrix(data.events, data.items)
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE)
    for epoch in range(data.epochs):
        losses = []
        for group in _batches(np.diff(users.indptr), rng):
            batch = users[group]
            loss = _loss(network, batch.indices.astype(np.int64), batch.indptr.astype(np.int64), batch.data, rng)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own
            optimizer.step()
            losses.append(float(loss.detach()))
        data.log_metric("neumf/loss", float(np.mean(losses or [0.0])), epoch)


def _batches(lengths: Ints, rng: np.random.Generator) -> Iterator[Ints]:
    """Yield the users with at least two items in random order, in groups with about EVENTS interactions."""
    order = rng.permutation(np.flatnonzero(lengths > 1))
    groups = np.split(order, np.flatnonzero(np.diff(np.cumsum(lengths[order]) // EVENTS)) + 1)
    yield from (group for group in groups if len(group))


def _loss(network: Network, items: Ints, starts: Ints, weights: Floats, rng: np.random.Generator) -> Tensor:
    device = network.product.weight.device
    lengths = np.diff(starts)
    drawn = rng.integers(network.items.num_embeddings, size=(NEGATIVES, len(items)))
    numbers, first, counts = (torch.from_numpy(column).to(device) for column in (items, starts[:-1], lengths))
    owner = torch.from_numpy(np.repeat(np.arange(len(lengths)), lengths)).to(device)
    sums = network.embed_users(numbers, first, torch.ones_like(counts))
    users = (sums[owner] - network.met(numbers)) / (counts[owner] - 1).sqrt()[:, None]  # without the item to predict
    positive = functional.softplus(-network.score_pairs(users, network.items(numbers)))
    negatives = network.items(torch.from_numpy(drawn.ravel()).to(device))
    negative = functional.softplus(network.score_pairs(users.repeat(NEGATIVES, 1), negatives))
    row_weights = torch.from_numpy(weights).to(device)
    return ((positive + negative.view(NEGATIVES, -1).sum(0)) * row_weights).sum() / row_weights.sum()
