"""Write the comments of sluice.yaml in the chosen language: finished sentences, which are recognised by the templates of a catalogue."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from sluice.cli.language import ENGLISH, LOCALES, spoken
from sluice.translations import load_templates

CATALOGUE = "comments.po"
SENTENCES = frozenset({"reason", "platform", "content", "zone", "names", "form"})  # fields that hold a sentence or a name which is translated too
COUNTS = frozenset({"rows", "files", "misfits", "unread", "words", "values", "day_first", "month_first", "hours", "number", "line", "share"})
_MARK, _CHECK = "# ", "CHECK: "


def translate_lines(text: str) -> str:
    """Return lines that `sluice.config.write` wrote with their comments in the chosen language."""
    return text if spoken() == ENGLISH else "\n".join(map(translate_line, text.split("\n")))


def translate_line(line: str) -> str:
    """Return a line of sluice.yaml with its comment in the chosen language; one without a translation stays as it is.

    Args:
        line: A line as `sluice.config.write` writes it: a comment has no two blanks in a row, and two before it.
    """
    setting, mark, comment = line.rpartition(f"  {_MARK}")
    if not mark and line.startswith(_MARK):
        mark, comment = _MARK, line.removeprefix(_MARK)
    return f"{setting}{mark}{translate_comment(comment)}" if mark else line


def translate_comment(text: str) -> str:
    """Return a comment in the chosen language; of several sentences between semicolons, those that have a translation."""
    if spoken() == ENGLISH:
        return text
    if text.startswith(_CHECK):
        return _CHECK + _of_column(text.removeprefix(_CHECK))
    parts, done = text.split("; "), list[str]()
    while parts:
        count = next((count for count in range(len(parts), 0, -1) if _translation("; ".join(parts[:count]))), 0)
        done.append(_translation("; ".join(parts[:count])) or parts[0])
        parts = parts[max(count, 1) :]
    translated = "\uff1b".join(done)
    return text if translated == text.replace("; ", "\uff1b") else translated


def _of_column(text: str) -> str:
    """Return what should be checked, which may begin with the name of a column."""
    column, colon, rest = text.partition(": ")
    translated = translate_comment(rest)
    return f"{column}\uff1a{translated}" if colon and re.fullmatch(r"[\w.]+", column) and translated != rest else translate_comment(text)


def _translation(sentence: str) -> str:
    """Return the translation of one sentence; empty where it has none."""
    templates = load_templates(LOCALES / spoken() / CATALOGUE)
    if sentence in templates:
        return templates[sentence]
    for pattern, template in _patterns(spoken()):
        if match := pattern.fullmatch(sentence):
            return template.format(**{name: translate_comment(value) if name in SENTENCES else value for name, value in match.groupdict().items()})
    return ""


@functools.cache
def _patterns(language: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """Return the templates with fields as patterns, those with the most characters of their own first."""
    templates = load_templates(LOCALES / language / CATALOGUE)
    ordered = sorted((english for english in templates if "{" in english), key=lambda english: -len(re.sub(r"\{\w+\}", "", english)))
    return [(_pattern(english), templates[english]) for english in ordered]


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(_field(part) if number % 2 else re.escape(part) for number, part in enumerate(parts)))


def _field(name: str) -> str:
    return f"(?P<{name}>{r'[0-9][0-9,.%]*' if name in COUNTS else '(?:(?!; ).)+?'})"
