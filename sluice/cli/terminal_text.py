"""Write texts of others, such as cells, so that a terminal prints them and does not obey them."""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # all but the tab and the line feed, and what reorders a line


def visible(text: str) -> str:
    r"""Return a text whose control characters are written as their escapes: they could clear the screen, rename the window or hide what follows.

    Example:
        >>> visible("red \x1b[31mmug")
        'red \\x1b[31mmug'
    """
    return _CONTROLS.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)
