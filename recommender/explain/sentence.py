"""Render the reason of a recommendation as one sentence for the shopper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
ReasonKind: TypeAlias = Literal["events", "both", "attributes", "several", "unnamed", "popular"]

MAX_TITLE = 60  # letters

_TEMPLATES: Mapping[Language, Mapping[ReasonKind, str]] = {
    "en": {
        "events": "Because you were interested in {events}.",
        "both": "Because you were interested in {events}, and for its {attributes}.",
        "attributes": "For its {attributes}, which you tend to choose.",
        "several": "Because of several things you were interested in, such as {events}.",
        "unnamed": "You may like this.",
        "popular": "Many people want this now.",
    },
    "zh": {
        "events": "因为您对{events}感兴趣。",
        "both": "因为您对{events}感兴趣，也因为它的{attributes}。",  # noqa: RUF001  # a Chinese comma
        "attributes": "因为它的{attributes}合您的偏好。",
        "several": "因为您对{events}等多项内容感兴趣。",
        "unnamed": "您可能会喜欢。",
        "popular": "近来很受欢迎。",
    },
}
_AND: Mapping[Language, str] = {"en": " and ", "zh": "和"}


def render_reason(kind: ReasonKind, events: Sequence[str] = (), attributes: Sequence[str] = (), language: Language = "en") -> str:
    """Render one sentence.

    Args:
        kind: What contributed to the recommendation: past items, the item's attributes, or both; several past items, none of them much;
            nothing that could be named; popularity, where nothing is known of the user.
        events: Titles of past items, the most important first.
        attributes: Attributes of the item, such as `brand Acme`.
        language: The language of the sentence.

    Example:
        >>> render_reason("events", ["Red mug", "Tea"])
        'Because you were interested in Red mug and Tea.'
    """
    values = {name: _AND[language].join(_shorten(title) for title in titles) for name, titles in (("events", events), ("attributes", attributes))}
    return _TEMPLATES[language][kind].format(**values)


def _shorten(title: str) -> str:
    text = " ".join(title.split())
    return text if len(text) <= MAX_TITLE else text[: MAX_TITLE - 1].rstrip() + "…"
