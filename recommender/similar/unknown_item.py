"""Say that an item is unknown, and which one was likely meant."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from sluice.domain import Message

MIN_SIMILARITY = 0.7  # of two ids, for one to be taken for a misspelling of the other


def unknown_item(item: str, ids: Collection[str], titles: Mapping[str, str]) -> Message:
    """Return what to say of an unknown item.

    Args:
        item: The id that is unknown.
        ids: All ids.
        titles: The title of each item.

    Example:
        >>> unknown_item("i0017", ["i00017", "i00018"], {}).params["near"]
        'i00017'
        >>> unknown_item("red MUG", ["i00017"], {"i00017": "Red mug"}).code
        'item_unknown_titled'
    """
    titled = next((name for name, title in titles.items() if title.casefold() == item.strip().casefold()), None)
    if titled is not None:
        return Message.of("item_unknown_titled", item=item, near=titled)
    near = extractOne(item, list(ids), scorer=OSA.normalized_similarity, score_cutoff=MIN_SIMILARITY)
    return Message.of("item_unknown_near", item=item, near=near[0]) if near else Message.of("item_unknown", item=item)
