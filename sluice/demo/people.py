"""Draw the users of the demo shop: their taste, their activity, their addresses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sluice.demo.vocabulary import AGENTS, BRANDS, LEAVES


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Hold the shop's users.

    Attributes:
        rows: user_id, ip, user_agent.
        taste: Cumulative probability of each category; shape (users, leaves).
        loyalty: Whether a user prefers a brand; shape (users, brands).
        activity: Probability that a session is of a user; sums to 1.
        leniency: Number of stars that a user gives above the mean.
    """

    rows: pl.DataFrame
    taste: np.ndarray
    loyalty: np.ndarray
    activity: np.ndarray
    leniency: np.ndarray


def draw_people(rng: np.random.Generator, count: int) -> People:
    """Draw users, each with a few favourite departments, and favourite categories and brands among them."""
    names, department = np.unique([leaf.department for leaf in LEAVES], return_inverse=True)
    fondness = rng.gamma(0.25, size=(count, names.size))[:, department] * rng.gamma(0.7, size=(count, len(LEAVES))) + 1e-5
    taste = np.cumsum(fondness / fondness.sum(axis=1, keepdims=True), axis=1)
    activity = rng.lognormal(0, 0.8, count)
    places = rng.permutation(2**16)[:count]
    rows = pl.DataFrame(
        {
            "user_id": [f"u{number:05d}" for number in range(1, count + 1)],
            "ip": [f"10.{20 + number % 7}.{place // 256}.{place % 256}" for number, place in enumerate(places.tolist())],
            "user_agent": [AGENTS[index] for index in rng.choice(len(AGENTS), count, p=[0.3, 0.15, 0.25, 0.2, 0.05, 0.05])],
        }
    )
    return People(rows, taste, rng.random((count, len(BRANDS))) < 0.12, activity / activity.sum(), rng.normal(0, 0.4, count))
