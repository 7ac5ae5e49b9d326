"""Define what reading a text in a standard form gives."""

from __future__ import annotations

from dataclasses import dataclass

SAME, SPELLING, LIKELY = 1.0, 0.98, 0.8  # the text itself; another spelling of one value; a guess that needs a person


@dataclass(frozen=True, slots=True)
class StandardValue:
    """Hold a value in its standard form.

    Attributes:
        text: The standard form.
        confidence: Probability that it is what the text means (0 to 1).
    """

    text: str
    confidence: float


def respelled(text: str, standard: str) -> StandardValue:
    """Return a standard form as certain where it is the text itself, and as another spelling elsewhere."""
    return StandardValue(standard, SAME if standard == text else SPELLING)
