"""Parse one text as a number, a date and time, or a truth value; nothing here knows about frames."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sluice.domain import Message
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
    message: Message


def parse_boolean(text: str) -> ParsedValue | None:
    """Parse a word for true or false in one of several languages; None for any other text, and for letters in odd cases (`oN` is no `on`).

    Example:
        >>> parse_boolean("Nein")
        ParsedValue(value=False, confidence=0.98, message=Message(code='parsed_truth_value', params={}))
    """
    written = text.strip()
    word = written.casefold()
    if written not in {written.lower(), written.upper(), written.capitalize()}:
        return None
    if word in TRUE_WORDS or word in FALSE_WORDS:
        return ParsedValue(word in TRUE_WORDS, 0.98, Message.of("parsed_truth_value"))
    return None
