"""Turn a message into a sentence."""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sluice.domain import Message, score_text, whole_percent
from sluice.messages.catalog import TEMPLATES
from sluice.messages.template import Plural
from sluice.messages.translations import load_translations

WORD = "word"  # the context, in a catalogue, of words that stand in sentences as values
_LOCALES = Path(__file__).parent / "locales"


def render(message: Message, language: str = "en") -> str:
    """Return the sentence of a message.

    Args:
        message: Its code and parameters.
        language: `en`, or the name of a folder below `locales`; a sentence without a translation is rendered in English.

    Example:
        >>> from sluice.domain import Message
        >>> render(Message.of("rows_rejected", rows=1200))
        '1,200 rows were rejected'
        >>> render(Message.of("rows_rejected", rows=1), "zh")
        '已拒绝 1 行'
    """
    template = TEMPLATES.get(message.code)
    if template is None:  # written by a later version
        return str(message)
    translation = load_translations(_LOCALES, language)
    if isinstance(template, Plural):
        number = message.params.get(template.by)
        sentence = translation.npgettext(message.code, template.one, template.many, number if isinstance(number, int) else 2)
    else:
        sentence = translation.pgettext(message.code, template)
    return _Formatter(language).vformat(sentence, (), message.params)


def as_dict(message: Message, language: str = "en") -> dict[str, object]:
    """Return `code`, `params` and the rendered `text` of a message, as values that JSON knows."""
    return {**message.to_json(), "text": render(message, language)}


class _Formatter(string.Formatter):
    """Format fields; know messages, tuples, times and words."""

    def __init__(self, language: str) -> None:
        """Keep the language of messages and words in fields."""
        self._language = language

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:  # noqa: ANN401  # as the base class has it
        """Return a parameter; a question mark where a message of another version lacks it."""
        return kwargs.get(key, "?")

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401  # as the base class has it
        """Return a parameter as text."""
        if isinstance(value, Message):
            return render(value, self._language)
        if isinstance(value, tuple):
            return ("; " if any(isinstance(item, Message) for item in value) else ", ").join(self.format_field(item, format_spec) for item in value)
        if value is None:
            return "-"
        if special := _SPECIAL.get(format_spec):
            return special(str(value), self._language)
        try:
            return format(value, format_spec)
        except ValueError:  # text where a number was expected
            return str(value)


def _time(text: str, _language: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"


def _word(text: str, language: str) -> str:
    return load_translations(_LOCALES, language).pgettext(WORD, text)


def _truncated(write: Callable[[float], str]) -> Callable[[str, str], str]:
    def render_number(text: str, _language: str) -> str:
        try:
            return write(float(text))
        except (ValueError, ArithmeticError):  # a message of another version
            return text

    return render_number


_SPECIAL: dict[str, Callable[[str, str], str]] = {
    "time": _time,
    WORD: _word,
    "score": _truncated(score_text),
    "percent": _truncated(lambda share: f"{whole_percent(share)}%"),
}
