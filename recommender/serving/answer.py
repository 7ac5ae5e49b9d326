"""Define the answers of the recommender and of the search: items in order, each with its score and title."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """Represent one item of an answer.

    Attributes:
        item: The item's id.
        score: The higher, the better. Scores compare only within one answer.
        title: The item's title, where the catalog has one.
        ad: True where the position is sold to an advertiser.
        reason: One sentence for the shopper, where it was requested.
        parts: What each component adds to the score, by name; empty where a score has one component.
        pinned: True where the shop has given the item its position.
        code: Code of the reason, for programs; empty where no reason was requested.
    """

    item: str
    score: float
    title: str | None = None
    ad: bool = False
    reason: str = ""
    parts: Mapping[str, float] = field(default_factory=dict)
    code: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold recommended or found items, the best first. Iterating, indexing and `len` go over the items.

    Attributes:
        items: The items in order.
        note: What the caller should know about the answer, such as that the user is unknown.
        id: Names the answer in the log of exposures; empty where it is not logged.
        model: Version of the model; 0 where it is not known.

    Example:
        >>> answer = Answer((AnswerItem("mug", 0.9, "Red mug"), AnswerItem("cup", 0.4)))
        >>> [entry.item for entry in answer]
        ['mug', 'cup']
        >>> len(answer), answer[0].title
        (2, 'Red mug')
    """

    items: tuple[AnswerItem, ...]
    note: str = ""
    id: str = ""
    model: int = 0

    def __iter__(self) -> Iterator[AnswerItem]:
        """Iterate over the items, the best first."""
        return iter(self.items)

    def __len__(self) -> int:
        """Count the items."""
        return len(self.items)

    def __getitem__(self, position: int) -> AnswerItem:
        """Return the item at a position."""
        return self.items[position]
