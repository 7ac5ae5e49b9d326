"""Say why an item is similar to another one: by the part of the model that links them most."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.domain import Message

CODES: Mapping[str, str] = {  # other models learn from what people choose together
    "content_knn": "similar_by_text",
    "content_propagation": "similar_to_what_goes_together",
    "two_tower": "similar_by_vectors",
    "new_item": "similar_by_text",
}
MAX_VALUE = 40  # letters of an attribute's value in a sentence


def reason_of(links: Mapping[str, float], item: str, shared: Mapping[str, str]) -> Message:
    """Return why an item is similar to another one, for the shopper.

    Args:
        links: What each part of the model says of the pair, in one unit; at least one is above 0.
        item: Title of the item that was asked about.
        shared: Values of attributes that both items have, by attribute.

    Example:
        >>> reason_of({"cooccurrence": 2.5, "content_knn": 0.5}, "Red mug", {}).code
        'similar_by_choice'
        >>> reason_of({"cooccurrence": 0.0, "two_tower": 0.5}, "Red mug", {"brand": "Acme"}).code
        'similar_by_attribute'
    """
    part = max(links, key=lambda name: links[name])
    code = CODES.get(part, "similar_by_choice")
    named = next((f"{name.replace('_', ' ')} {value}" for name, value in shared.items() if value and len(value) <= MAX_VALUE), None)
    if code == "similar_by_vectors" and named:
        return Message.of("similar_by_attribute", item=item, attribute=named)
    return Message.of(code, item=item)
