"""Parse one text as a number, a date and time, or a truth value; nothing here knows about frames."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sluice.domain.truth import FALSE_WORDS, TRUE_WORDS


@dataclass(frozen=True, slots=True)
class ParsedValue:
    """Hold a value parsed from a text, with its confidence and the reason for it.

    Attributes:
        value: Parsed value.
        confidence: Probability that the value is what the text means (0 to 1).
        message: Reason for the value; never the text.
    """

    value: float | int | bool | date | datetime
    confidence: float
    message: str


def parse_boolean(text: str) -> ParsedValue | None:
    """Parse a word for true or false in one of several languages; None for any other text.

    Example:
        >>> parse_boolean("Nein")
        ParsedValue(value=False, confidence=0.98, message='a word for yes or no')
    """
    word = text.strip().casefold()
    if word in TRUE_WORDS or word in FALSE_WORDS:
        return ParsedValue(word in TRUE_WORDS, 0.98, "a word for yes or no")
    return None
