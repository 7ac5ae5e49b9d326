"""Neural collaborative filtering, NeuMF (He et al., WWW 2017): a product of embeddings and a perceptron over others, joined by a last layer."""

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

RATE = 0.01
SPREAD = 0.05  # of the first vectors
NEGATIVES = 4  # to each item that was met
EVENTS = 2048  # in a step, nearly
CELLS = 2**18  # users x items that are scored at a time


class Network(nn.Module):
    """Tells from the sum of a user's items and an item how likely they belong together.

    The paper gives each user vectors of his own; here they are the sum of vectors of the items that he met, over the root of their number, so that
    who is new is served as well. The first d columns of a vector are multiplied, the others pass the perceptron.
    """

    def __init__(self, items: int, dimensions: int) -> None:
        """Draw all weights anew."""
        super().__init__()
        d, half = dimensions, max(dimensions // 2, 1)
        self.met, self.items = nn.Embedding(items, 2 * d), nn.Embedding(items, 2 * d)
        for table in (self.met, self.items):
            nn.init.normal_(table.weight, std=SPREAD)
        self.of_user, self.of_item = nn.Linear(d, d, bias=False), nn.Linear(d, d)
        self.hidden, self.product, self.last = nn.Linear(d, half), nn.Linear(d, 1, bias=False), nn.Linear(half, 1)

    def users(self, items: Tensor, starts: Tensor, counts: Tensor) -> Tensor:
        """What users' items add up to, shape (users, 2 d)."""
        total = functional.embedding_bag(items, self.met.weight, starts, mode="sum")
        return total / counts.clamp(min=1).sqrt()[:, None]

    def pairs(self, users: Tensor, items: Tensor) -> Tensor:
        """Scores of users and items, side by side; shape (n,)."""
        d = self.product.in_features
        deep = self._deep(self.of_user(users[:, d:]) + self.of_item(items[:, d:]))
        scores: Tensor = (self.product(users[:, :d] * items[:, :d]) + deep)[:, 0]
        return scores

    def all(self, users: Tensor) -> Tensor:
        """Scores of users with every item, shape (users, items)."""
        d, items = self.product.in_features, self.items.weight
        deep = self._deep(self.of_user(users[:, d:])[:, None] + self.of_item(items[:, d:]))[:, :, 0]
        return (users[:, :d] * self.product.weight) @ items[:, :d].T + deep

    def _deep(self, first: Tensor) -> Tensor:
        scores: Tensor = self.last(torch.relu(self.hidden(torch.relu(first))))
        return scores


@dataclass(frozen=True, slots=True, eq=False)
class NeuMF:
    """The network, trained."""

    network: Network

    @classmethod
    def fit(cls, data: TrainingData, *, seed: int = 0) -> Self:
        """Learn to tell each item of a user, from his others, apart from random ones, by binary cross entropy."""
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            network = Network(data.items, data.dimensions).to(device)
            _learn(network, data, np.random.default_rng(seed))
        return cls(network.cpu().eval())

    @torch.no_grad()
    def score(self, histories: Sequences) -> Floats:
        """The network's scores; those of a user without a history are all of nobody's taste."""
        told = interaction_matrix(histories, self.network.items.num_embeddings)
        counts = np.diff(told.indptr)
        users = self.network.users(*(torch.from_numpy(each.astype(np.int64)) for each in (told.indices, told.indptr[:-1], counts)))
        some = max(1, CELLS // told.shape[1])
        scores: Floats = torch.cat([self.network.all(each) for each in torch.split(users, some)]).numpy() if len(users) else np.zeros(told.shape, np.float32)
        return scores

    def to_arrays(self) -> Arrays:
        """The weights."""
        return {name: value.numpy() for name, value in self.network.state_dict().items()}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        network = Network(len(vocabulary.items), arrays["of_user.weight"].shape[0])
        network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in arrays.items()}, strict=True)
        return cls(network.eval())


def _learn(network: Network, data: TrainingData, rng: np.random.Generator) -> None:
    users = interaction_matrix(data.events, data.items)
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    for epoch in range(data.epochs):
        losses = []
        for some in _groups(np.diff(users.indptr), rng):
            told = users[some]
            loss = _loss(network, told.indices.astype(np.int64), told.indptr.astype(np.int64), told.data, rng)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's own
            optimizer.step()
            losses.append(float(loss.detach()))
        data.log_metric("neumf/loss", float(np.mean(losses or [0.0])), epoch)


def _groups(lengths: Ints, rng: np.random.Generator) -> Iterator[Ints]:
    """Users who met at least two items, in random order, so many at a time as met some two thousand."""
    order = rng.permutation(np.flatnonzero(lengths > 1))
    yield from (each for each in np.split(order, np.flatnonzero(np.diff(np.cumsum(lengths[order]) // EVENTS)) + 1) if len(each))


def _loss(network: Network, items: Ints, starts: Ints, weights: Floats, rng: np.random.Generator) -> Tensor:
    device = network.product.weight.device
    counts = np.diff(starts)
    drawn = rng.integers(network.items.num_embeddings, size=(NEGATIVES, len(items)))
    what, first, many = (torch.from_numpy(each).to(device) for each in (items, starts[:-1], counts))
    owner = torch.from_numpy(np.repeat(np.arange(len(counts)), counts)).to(device)
    whole = network.users(what, first, torch.ones_like(many))
    others = (whole[owner] - network.met(what)) / (many[owner] - 1).sqrt()[:, None]  # without the item that is asked for
    right = functional.softplus(-network.pairs(others, network.items(what)))
    wrong = functional.softplus(network.pairs(others.repeat(NEGATIVES, 1), network.items(torch.from_numpy(drawn.ravel()).to(device))))
    strengths = torch.from_numpy(weights).to(device)
    return ((right + wrong.view(NEGATIVES, -1).sum(0)) * strengths).sum() / strengths.sum()
