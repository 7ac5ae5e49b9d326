"""Factorize interactions by alternating least squares (iALS; Hu, Koren, Volinsky, ICDM 2008; Rendle et al., RecSys 2022)."""

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

CG_STEPS = 3  # conjugate gradient steps of an iteration, from the solution of the one before
FOLD_IN_STEPS = 12  # conjugate gradient steps from zero
MIN_REGULARIZATION = 1e-6  # without any, rows without interactions would have no solution


@dataclass(frozen=True, slots=True)
class FoldIn:
    """Solve for the factors of rows from their interactions.

    Attributes:
        unobserved_weight: Weight of an item without an interaction, relative to 1 for one with.
        regularization: L2 penalty on the factors.
        regularization_exponent: Power by which the penalty grows with the total weight of a row; 0: the same for all rows.
        mean_weight: Mean total weight of a row.
        steps: Conjugate gradient steps.
    """

    unobserved_weight: float
    regularization: float
    regularization_exponent: float
    mean_weight: float
    steps: int

    def solve(self, weights: sp.csr_matrix, factors: Floats, start: Floats | None = None) -> Floats:
        """Return the factors whose products with the others' are nearest to 1 for interactions, and to 0 elsewhere."""
        total = _total_weights(weights, self.unobserved_weight)
        penalties = np.maximum(self.regularization * (total / self.mean_weight) ** self.regularization_exponent, MIN_REGULARIZATION).astype(np.float32)
        unobserved = np.full_like(penalties, self.unobserved_weight)
        return solve(weights, factors, weights @ factors, unobserved, penalties, steps=self.steps, start=start)


@dataclass(frozen=True, slots=True, eq=False)
class ALS:
    """Score items by the product of user and item factors; users are folded in from their histories, so new users are served as well.

    Attributes:
        item_embeddings: Factors of the items, shape (items, factors).
        fold_in: Solves for the factors of users.
        recency_decay: Factor by which an interaction of a history counts less for each that follows it.

    Example:
        >>> histories = Sequences.from_lists([[0, 1], [0, 1], [2, 3], [2, 3]])
        >>> model = ALS.fit(TrainingData(histories, Vocabulary(("tea", "cup", "ink", "pen"))), factors=2, regularization=0.1)
        >>> model.user_embeddings(Sequences.from_lists([[0]])).shape
        (1, 2)
        >>> int(model.score(Sequences.from_lists([[3]]))[0, :3].argmax())
        2
    """

    item_embeddings: Floats
    fold_in: FoldIn
    recency_decay: float

    @classmethod
    def fit(
        cls,
        data: TrainingData,
        *,
        seed: int = 0,
        factors: int = 128,
        unobserved_weight: float = 0.01,
        regularization: float = 0.3,
        regularization_exponent: float = 0.5,
        iterations: int = 8,
        recency_decay: float = 0.8,
    ) -> Self:
        """Solve for users and items in turn.

        Args:
            data: Interactions to learn from.
            seed: Seed of the initial item factors.
            factors: Number of factors of a user and an item.
            unobserved_weight: Weight of an item without an interaction, relative to 1 for one with (alpha in Rendle et al.); the denser the
                data, the more.
            regularization: L2 penalty on the factors; the denser the data, the more.
            regularization_exponent: Power by which the penalty grows with the total weight of a user or item; 0: the same for all.
            iterations: Number of alternating solutions for users and items.
            recency_decay: Factor by which an interaction of a history counts less for each that follows it.
        """
        users = interaction_matrix(data.events, data.items)
        items = users.T.tocsr()
        settings = (unobserved_weight, regularization, regularization_exponent)
        solve_users, solve_items = (FoldIn(*settings, _mean_weight(matrix, unobserved_weight), CG_STEPS) for matrix in (users, items))
        item_factors = _initial_factors(data.items, factors, seed)
        user_factors = solve_users.solve(users, item_factors)
        item_factors = solve_items.solve(items, user_factors)
        for _ in range(iterations - 1):
            user_factors = solve_users.solve(users, item_factors, user_factors)
            item_factors = solve_items.solve(items, user_factors, item_factors)
        return cls(item_factors, replace(solve_users, steps=FOLD_IN_STEPS), recency_decay)

    def user_embeddings(self, histories: Sequences) -> Floats:
        """Return the factors of users, shape (users, factors)."""
        return self.fold_in.solve(recency_matrix(histories, len(self.item_embeddings), self.recency_decay), self.item_embeddings)

    def score(self, histories: Sequences) -> Floats:
        """Return the products of user and item factors, shape (users, items)."""
        return self.user_embeddings(histories) @ self.item_embeddings.T

    def to_arrays(self) -> Arrays:
        """Return the item factors, and what the fold-in needs."""
        return {"vectors": self.item_embeddings, "folding": np.array(astuple(self.fold_in), np.float64), "decay": np.array([self.recency_decay])}

    @classmethod
    def from_arrays(cls, arrays: Arrays, vocabulary: Vocabulary) -> Self:
        """Restore the model of `to_arrays`."""
        if len(arrays["vectors"]) != len(vocabulary.items):
            raise ValueError("there is not one vector per item")
        unobserved_weight, regularization, exponent, mean_weight, steps = map(float, arrays["folding"])
        fold_in = FoldIn(unobserved_weight, regularization, exponent, mean_weight, int(steps))
        return cls(arrays["vectors"], fold_in, float(arrays["decay"][0]))


def _total_weights(weights: sp.csr_matrix, unobserved_weight: float) -> NDArray[np.float64]:
    """Sum the weights of each row, items without an interaction included."""
    total: NDArray[np.float64] = np.asarray(weights.sum(1), np.float64).ravel() + unobserved_weight * weights.shape[1]
    return total


def _mean_weight(weights: sp.csr_matrix, unobserved_weight: float) -> float:
    total = _total_weights(weights, unobserved_weight)
    return float(total.sum() / max(len(total), 1)) or 1.0


def _initial_factors(items: int, factors: int, seed: int) -> Floats:
    drawn = np.random.default_rng(seed).normal(scale=0.1 / np.sqrt(factors), size=(items, factors))
    return drawn.astype(np.float32)
