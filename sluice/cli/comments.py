"""Write the comments of sluice.yaml in the chosen language."""

from __future__ import annotations

import re

from sluice.cli.language import ENGLISH, spoken
from sluice.cli.templates import COMMENTS, translate_finished

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
    if spoken() != ENGLISH and text.startswith(_CHECK):
        return _CHECK + _of_column(text.removeprefix(_CHECK))
    return translate_finished(text, COMMENTS)


def _of_column(text: str) -> str:
    """Return what should be checked, which may begin with the name of a column."""
    column, colon, rest = text.partition(": ")
    translated = translate_comment(rest)
    return f"{column}\uff1a{translated}" if colon and re.fullmatch(r"[\w.]+", column) and translated != rest else translate_comment(text)
