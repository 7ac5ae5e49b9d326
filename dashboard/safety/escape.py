"""Escape text that came with the data where Markdown or HTML is drawn: no image is fetched, no link made, no colour set."""

from __future__ import annotations

import html
import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LINK = re.compile(r"(://|@|www)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # zero width; an address with it inside is not recognised as a link


def markdown(text: str) -> str:
    """Escape text for Markdown, on one line (CommonMark allows a backslash before any ASCII punctuation)."""
    unlinked = _LINK.sub(lambda match: match[0][0] + _WORD_JOINER + match[0][1:], " ".join(text.split()))
    return _PUNCTUATION.sub(r"\\\1", unlinked)


def markup(text: str) -> str:
    """Escape text for HTML."""
    return html.escape(text, quote=True)
