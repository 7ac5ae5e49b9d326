"""Implicit ALS: users and items as vectors whose product tells what was met (Hu, Koren, Volinsky, ICDM 2008; Rendle et al., RecSys 2022)."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.data.sequences import Floats, Sequences, Vocabulary
from recommender.data.training_data import TrainingData
from recommender.models.least_squares import solve
from recommender.models.sparse import interaction_matrix, recency_matrix
from recommender.ranker import Arrays

STEPS = 3  # of conjugate gradients at a time, from where the last time ended
FOLDING = 12  # of them from nothing
LEAST = 1e-6  # of a ridge, or who met nothing would have no vector


@dataclass(frozen=True, slots=True)
class Folding:
    """How a row's vector follows from what it met.

    Attributes:
        background: What an item that was not met counts, beside 1 for one that was.
        ridge: What keeps vectors short.
        growth: The power with which the ridge grows with how much a row met; 0: the same for all rows.
        usual: How much a row met on average.
        steps: Of the conjugate gradients.
    """

    background: float
    ridge: float
    growth: float
    usual: float
    steps: int

    def of(self, weights: sp.csr_matrix, vectors: Floats, start: Floats | None = None) -> Floats:
        """The vectors whose products with the others' are nearest to 1 where something was met, and to 0 elsewhere."""
        amounts = _amounts(weights, self.background)
        ridges = np.maximum(self.ridge * (amounts / self.usual) ** self.growth, LEAST).astype(np.float32)
        return solve(weights, vectors, weights @ vectors, np.full_like(ridges, self.background), ridges, steps=self.steps, start=start)


@dataclass(frozen=True, slots=True, eq=False)
class ALS:
    """The items' vectors; a user's is folded in from his history whenever he is asked for, so that he need not have been there.

    Attributes:
        vectors: Of the items, shape (items, d).
        folding: How users' vectors follow.
        decay: How much less an interaction counts, when asked, for each that follows it.
    """

    vectors: Floats
    folding: Folding
    decay: float

    @classmethod
    def fit(
        cls,
        data: TrainingData,
        *,
        seed: int = 0,
        dimensions: int = 128,
        background: float = 0.01,
        ridge: float = 0.3,
        growth: float = 0.5,
        sweeps: int = 8,
        decay: float = 0.8,
    ) -> Self:
        """Solve for users and items in turn.

        Args:
            data: What to learn from.
            seed: Draws the items' first vectors.
            dimensions: Of a vector.
            background: What an item that was not met counts, beside 1 for one that was; the denser the data, the more.
            ridge: What keeps vectors short; the denser the data, the more.
            growth: The power with which the ridge grows with how much a user or item met; 0: the same for all.
            sweeps: How often both are solved for.
            decay: How much less an interaction counts, when asked, for each that follows it.
        """
        users = interaction_matrix(data.events, data.items)
        items = users.T.tocsr()
        by_users, by_items = (Folding(background, ridge, growth, _usual(each, background), STEPS) for each in (users, items))
        vectors = _first(data.items, dimensions, seed)
        people = by_users.of(users, vectors)
        vectors = by_items.of(items, people)
        for _ in range(sweeps - 1):
            people = by_users.of(users, vectors, people)
            vectors = by_items.of(items, people, vectors)
        return cls(vectors, replace(by_users, steps=FOLDING), decay)

    def user_embeddings(self, histories: Sequences) -> Floats:
        """The users' vectors, shape (users, d)."""
        return self.folding.of(recency_matrix(histories, len(self.vectors), self.decay), self.vectors)

    def score(self, histories: Sequences) -> Floats:
        """The products of the users' and the items' vectors."""
        return self.user_embeddings(histories) @ self.vectors.T

    def to_arrays(self) -> Arrays:
        """The items' vectors, and what folding needs."""
        return {"vectors": self.vectors, "folding": np.array(astuple(self.folding), np.float64), "decay": np.array([self.decay])}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """What `arrays` gave."""
        if len(arrays["vectors"]) != len(vocabulary.items):
            raise ValueError("the vectors are not one an item")
        background, ridge, growth, usual, steps = map(float, arrays["folding"])
        return cls(arrays["vectors"], Folding(background, ridge, growth, usual, int(steps)), float(arrays["decay"][0]))


def _amounts(weights: sp.csr_matrix, background: float) -> NDArray[np.float64]:
    """How much each row met, what it did not meet included."""
    amounts: NDArray[np.float64] = np.asarray(weights.sum(1), np.float64).ravel() + background * weights.shape[1]
    return amounts


def _usual(weights: sp.csr_matrix, background: float) -> float:
    amounts = _amounts(weights, background)
    return float(amounts.sum() / max(len(amounts), 1)) or 1.0


def _first(items: int, dimensions: int, seed: int) -> Floats:
    drawn = np.random.default_rng(seed).normal(scale=0.1 / np.sqrt(dimensions), size=(items, dimensions))
    return drawn.astype(np.float32)
