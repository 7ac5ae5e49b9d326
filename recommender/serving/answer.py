"""What a shopper gets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An item, and how strongly it is recommended; scores compare within one answer alone.

    Attributes:
        item: Its id.
        score: The higher, the sooner it is wanted.
        title: What people call it, where the catalog says.
        ad: True where it stands here because somebody pays.
        why: One sentence for the shopper, where it was asked for.
    """

    item: str
    score: float
    title: str | None = None
    ad: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Recommendations, the best first; `note` says what else the asker should know."""

    items: tuple[Recommendation, ...]
    note: str = ""
