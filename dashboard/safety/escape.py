"""Makes text that came with the data harmless where Markdown or HTML is drawn: no image is fetched, no link made, no colour set."""

from __future__ import annotations

import html
import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LINK = re.compile(r"(://|@|www)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # has no width; an address with it inside is not taken for a link


def markdown(text: str) -> str:
    """The text as Markdown that shows it as it is, on one line (CommonMark lets a backslash stand before any ASCII punctuation)."""
    unlinked = _LINK.sub(lambda found: found[0][0] + _WORD_JOINER + found[0][1:], " ".join(text.split()))
    return _PUNCTUATION.sub(r"\\\1", unlinked)


def markup(text: str) -> str:
    """The text as HTML that shows exactly it."""
    return html.escape(text, quote=True)
