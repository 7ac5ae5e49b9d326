"""Translate the comments that `sluice init` writes: the templates of a catalogue recognise them, and say what each part of them is."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from sluice.cli.language import ENGLISH, LOCALES, spoken
from sluice.translations import load_templates

COMMENTS = "comments.po"  # what `init` writes into sluice.yaml
SENTENCES = frozenset({"reason", "platform", "content", "zone", "names", "form", "hint", "problem"})  # fields that hold a sentence, which is translated too
COUNTS = frozenset({"rows", "files", "misfits", "unread", "words", "values", "day_first", "month_first", "hours", "number", "line", "share"})
_FIELD = re.compile(r"\{(\w+)\}")


def translate_finished(text: str, catalogue: str) -> str:
    """Return a text in the chosen language; of several sentences between semicolons, those that have a translation.

    Args:
        text: The text in English.
        catalogue: Name of a catalogue whose entries are templates.
    """
    if spoken() == ENGLISH or not text:
        return text
    parts, done = text.split("; "), list[str]()
    while parts:
        count = next((count for count in range(len(parts), 0, -1) if _translation("; ".join(parts[:count]), catalogue)), 0)
        done.append(_translation("; ".join(parts[:count]), catalogue) or parts[0])
        parts = parts[max(count, 1) :]
    translated = "\uff1b".join(done)
    return text if translated == text.replace("; ", "\uff1b") else translated


def _translation(sentence: str, catalogue: str) -> str:
    """Return the translation of one sentence; empty where it has none."""
    templates = load_templates(LOCALES / spoken() / catalogue)
    if sentence in templates:
        return templates[sentence]
    for pattern, template in _patterns(spoken(), catalogue):
        if match := pattern.fullmatch(sentence):
            values = {name: translate_finished(value, catalogue) if name in SENTENCES else value for name, value in match.groupdict().items()}
            return _FIELD.sub(lambda field, values=values: values[field[1]], template)  # type: ignore[misc]  # the values of this match
    return ""


@functools.cache
def _patterns(language: str, catalogue: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """Return the templates with fields as patterns, those with the most characters of their own first."""
    templates = load_templates(LOCALES / language / catalogue)
    ordered = sorted(filter(_FIELD.search, templates), key=lambda english: -len(_FIELD.sub("", english)))
    return [(_pattern(english), templates[english]) for english in ordered]


def _pattern(template: str) -> re.Pattern[str]:
    parts = _FIELD.split(template)
    return re.compile("".join(_group(part) if number % 2 else re.escape(part) for number, part in enumerate(parts)), re.DOTALL)


def _group(name: str) -> str:
    """Return the pattern of a field: digits for a count, sentences behind a semicolon for a hint, all that is left for a problem, else no further sentence."""
    if name in COUNTS:
        return f"(?P<{name}>[0-9][0-9,.%]*)"
    if name == "hint":  # may be empty
        return f"(?P<{name}>(?:; .*)?)"
    return f"(?P<{name}>{'.*' if name == 'problem' else '(?:(?!; ).)+?'})"
