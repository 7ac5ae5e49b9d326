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
        "several": "Because of several things you were interested in, such as {events}.",
        "unnamed": "You may like this.",
        "popular": "Many people want this now.",
        "and": " and ",
    },
    "zh": {
        "events": "因为您对{events}感兴趣。",
        "both": "因为您对{events}感兴趣，也因为它的{attributes}。",  # noqa: RUF001  # a Chinese comma
        "attributes": "因为它的{attributes}合您的偏好。",
        "several": "因为您对{events}等多项内容感兴趣。",
        "unnamed": "您可能会喜欢。",
        "popular": "近来很受欢迎。",
        "and": "和",
    },
}


Kind: TypeAlias = Literal["events", "both", "attributes", "several", "unnamed", "popular"]


def sentence(kind: Kind, events: Sequence[str] = (), attributes: Sequence[str] = (), language: Language = "en") -> str:
    """One sentence.

    Args:
        kind: What carried a recommendation: past items, the item's attributes, or both; several past items, none of them
            much; nothing that could be named; that many want it, where nothing is known of the user.
        events: What people call the past items, the most important first.
        attributes: What of the item, such as `brand Acme`.
        language: Of the sentence.
    """
    words = _WORDS[language]
    listed = {"events": [_short(each) for each in events], "attributes": [_short(each) for each in attributes]}
    return words[kind].format(**{name: words["and"].join(names) for name, names in listed.items()})


def _short(title: str) -> str:
    text = " ".join(title.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
