"""Turn a message into a sentence."""

from __future__ import annotations

import functools
import string
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sluice.domain import Message, score_text, whole_percent
from sluice.messages.catalog import TEMPLATES
from sluice.messages.template import Plural
from sluice.translations import load_translations

WORD = "word"  # the context, in a catalogue, of words that stand in sentences as values
PHRASE = "phrase"  # the context of phrases that do, and stay as they are written: names may have underscores
_SEPARATORS = {  # by the specification of a field whose parameters are no plain list
    "lines": {"en": "\n", "zh": "\n"},
    "either": {"en": " or ", "zh": " \u6216 "},
    "list": {"en": ", ", "zh": "\u3001"},
    "both": {"en": " and ", "zh": " \u548c "},
}
_LOCALES = Path(__file__).parent / "locales"


def languages() -> tuple[str, ...]:
    """Return the languages in which messages can be rendered, English first."""
    return ("en", *sorted(folder.name for folder in _LOCALES.iterdir() if folder.is_dir()))


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
    return "".join(
        literal if name is None else literal + _format(message.params.get(name, "?"), spec, language)  # a message of another version may lack a parameter
        for literal, name, spec in _parts(sentence)
    )


def render_for(dataset: str, file: str, message: Message, language: str = "en") -> str:
    """Return the sentence of a message behind its dataset and file; a sentence that begins with the file does not name it again.

    Example:
        >>> from sluice.domain import Message
        >>> render_for("items", "a.csv", Message.of("file_empty", file="a.csv"))
        'items: a.csv: is empty; send it again, with a header even where there are no rows'
        >>> render_for("items", "a.csv", Message.of("rows_rejected", rows=1))
        'items a.csv: 1 row was rejected'
    """
    text = render(message, language)
    return f"{dataset}: {text}" if text.startswith(file) else f"{dataset} {file}: {text}"


def as_dict(message: Message, language: str = "en") -> dict[str, object]:
    """Return `code`, `params` and the rendered `text` of a message, as values that JSON knows."""
    return {**message.to_json(), "text": render(message, language)}


@functools.lru_cache(maxsize=4096)
def _parts(sentence: str) -> Sequence[tuple[str, str | None, str]]:
    """Return the text before each field of a sentence, the name of the field and how it is written; a sentence is parsed once for all its messages."""
    return [(literal, name, spec or "") for literal, name, spec, _ in string.Formatter().parse(sentence)]


def _format(value: Any, spec: str, language: str) -> str:  # noqa: ANN401  # a parameter of a message
    """Return a parameter as text."""
    if isinstance(value, Message):
        return render(value, language)
    if isinstance(value, tuple):
        return _separator(value, spec, language).join(_format(item, spec, language) for item in value)
    if value is None:
        return "-"
    if special := _SPECIAL.get(spec):
        return special(str(value), language)
    try:
        return format(value, spec)
    except ValueError:  # text where a number was expected
        return str(value)


def _separator(values: tuple[Any, ...], spec: str, language: str) -> str:
    """Return what stands between several parameters: words are listed, sentences follow each other, or stand below each other."""
    if special := _SEPARATORS.get(spec):
        return special["zh" if language == "zh" else "en"]
    if not any(isinstance(item, Message) for item in values):
        return ", "
    return "\uff1b" if language == "zh" else "; "


def _time(text: str, _language: str) -> str:
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
    except ValueError:  # the message lacks its time, or another version wrote it
        return text


def _word(text: str, language: str) -> str:
    return load_translations(_LOCALES, language).pgettext(WORD, text).replace("_", " ")  # English stands in no catalogue, but as it is stored


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
    PHRASE: lambda text, language: load_translations(_LOCALES, language).pgettext(PHRASE, text),
    "quoted": lambda text, _language: repr(text),
    "score": _truncated(score_text),
    "percent": _truncated(lambda share: f"{whole_percent(share)}%"),
}
