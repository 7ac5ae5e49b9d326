"""Wrap a ranker, so that code cannot use what it can do beyond scores."""

from __future__ import annotations

from typing import Any

from recommender.data.sequences import Floats, Sequences
from recommender.ranker import Ranker


class Opaque:
    """Expose nothing of a ranker but its scores."""

    def __init__(self, ranker: Ranker) -> None:
        self.ranker = ranker

    def score(self, histories: Sequences) -> Floats:
        return self.ranker.score(histories)

    def to_arrays(self) -> Any:
        return {}
