"""Take a change of sluice.yaml back, also where other places of it were edited since."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sluice.errors import UsageError
from sluice.messages import make_error

_HEAD = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_CONTEXT = 3  # unchanged lines around a change


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Hold one place of a unified difference: its lines, each with its sign, and where it stands in the changed text."""

    start: int
    lines: tuple[str, ...]

    def without_context(self, context: int) -> _Hunk:
        """Return it with at most so many unchanged lines at either end."""
        changed = [place for place, line in enumerate(self.lines) if line[0] != " "]
        first, last = max(changed[0] - context, 0), changed[-1] + 1 + context
        return _Hunk(self.start + sum(line[0] != "-" for line in self.lines[:first]), self.lines[first:last])

    @property
    def before(self) -> list[str]:
        """Return the lines of the text without the change."""
        return [line[1:] for line in self.lines if line[0] != "+"]

    @property
    def after(self) -> list[str]:
        """Return the lines of the changed text."""
        return [line[1:] for line in self.lines if line[0] != "-"]


def reverse(text: str, difference: str) -> str:
    r"""Return a text without a change that was made to it.

    Args:
        text: Present text.
        difference: The change, as a unified difference.

    Raises:
        UsageError: The place that was changed reads otherwise now.

    Example:
        >>> change = "--- a\n+++ a\n@@ -1,2 +1,3 @@\n one\n+two\n three"
        >>> reverse("zero\none\ntwo\nthree\n", change)
        'zero\none\nthree\n'
    """
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    for hunk in reversed(list(_hunks(difference))):
        place, part = _locate([line.rstrip("\r\n") for line in lines], hunk)
        lines[place : place + len(part.after)] = [line + newline for line in part.before]
    return "".join(lines)


def _hunks(difference: str) -> Iterator[_Hunk]:
    start, lines = 0, list[str]()
    for line in difference.split("\n")[2:]:  # behind the two names of the file
        head = _HEAD.match(line)
        if head and lines:
            yield _Hunk(start, tuple(lines))
        if head:
            start, lines = int(head[3]) - 1, []
        else:
            lines.append(line)
    if lines:
        yield _Hunk(start, tuple(lines))


def _locate(lines: Sequence[str], hunk: _Hunk) -> tuple[int, _Hunk]:
    """Return where a change stands, and the part of it that stands there: with as many lines around it as are still the same."""
    for context in range(_CONTEXT, -1, -1):
        part = hunk.without_context(context)
        places = [place for place in range(len(lines) - len(part.after) + 1) if part.after and list(lines[place : place + len(part.after)]) == part.after]
        if part.start in places or len(places) == 1:
            return (part.start if part.start in places else places[0]), part
    raise make_error(UsageError, "edit_lines_differ")
