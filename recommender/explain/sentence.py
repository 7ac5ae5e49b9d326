"""Why, in one sentence for the shopper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

LONGEST = 60  # letters of a title

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "events": "Because you were interested in {events}.",
        "both": "Because you were interested in {events}, and for its {attributes}.",
        "attributes": "For its {attributes}, which you tend to choose.",
        "popular": "Many people want this now.",
        "and": " and ",
    },
    "zh": {
        "events": "因为您对{events}感兴趣。",
        "both": "因为您对{events}感兴趣，也因为它的{attributes}。",  # noqa: RUF001  # a Chinese comma
        "attributes": "因为它的{attributes}合您的偏好。",
        "popular": "近来很受欢迎。",
        "and": "和",
    },
}


def sentence(events: Sequence[str], attributes: Sequence[str], language: Language = "en") -> str:
    """One sentence.

    Args:
        events: What people call the past items that carried a recommendation, the most important first.
        attributes: What of the item carried it, such as `brand Acme`.
        language: Of the sentence.
    """
    words = _WORDS[language]
    kind = "both" if events and attributes else "events" if events else "attributes" if attributes else "popular"
    listed = {"events": [_short(each) for each in events], "attributes": [_short(each) for each in attributes]}
    return words[kind].format(**{name: words["and"].join(names) for name, names in listed.items()})


def _short(title: str) -> str:
    text = " ".join(title.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
