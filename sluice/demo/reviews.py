# ruff: noqa: RUF001  # the typography of buyers
"""Write reviews whose words fit the stars."""

from __future__ import annotations

import numpy as np

_OPENINGS = (
    ("Very disappointed with this {noun}.", "Do not buy this {noun}.", "I’m sending the {noun} back."),
    ("Not what I hoped for.", "The {noun} doesn’t live up to the pictures.", "Rather poor for the price."),
    ("The {noun} is all right.", "It’s okay, nothing special.", "Does what it should – just about."),
    ("Good {noun}, happy with it.", "Nice quality & fair price.", "I quite like this {noun}."),
    ("I love this {noun}!", "Best {noun} I’ve ever had.", "Perfect – exactly what I wanted."),
)
_BODIES = (
    ("It broke within a week.", "The finish came off at once.", "It arrived damaged & smelled odd."),
    ("The colour is off.", "It feels thinner than expected.", "Delivery took ages."),
    ("The size is a bit off, the rest is fine.", "Decent, but I’ve seen better.", "Average quality."),
    ("It looks good and feels solid.", "Well made, with a small flaw.", "My friends asked where it’s from – a café in Köln has the same."),
    ("The quality is superb.", "It looks even better than in the pictures.", "A gift for my fiancée, who was delighted."),
)
_CLOSINGS = (
    ("A waste of money.", "Never again.", "One star is too many."),
    ("Wouldn’t buy it again.", "Could be better.", "I expected more."),
    ("Fine for now.", "Let’s see how long it lasts.", "So-so."),
    ("Would recommend.", "Good value.", "I’d buy it again."),
    ("Highly recommended!", "Worth every cent.", "Already ordered another one."),
)


def write_review(rng: np.random.Generator, stars: int, noun: str) -> str:
    """Return a review of three sentences for a number of stars, 1 to 5."""
    parts = [sentences[stars - 1][int(rng.integers(3))] for sentences in (_OPENINGS, _BODIES, _CLOSINGS)]
    return " ".join(parts).format(noun=noun)
