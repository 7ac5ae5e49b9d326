"""Makes text that came with the data harmless where Markdown or HTML is drawn: no image is fetched, no link made, no colour set."""

from __future__ import annotations

import html
import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def markdown(text: str) -> str:
    """The text as Markdown that shows exactly it, on one line (CommonMark lets a backslash stand before any ASCII punctuation)."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def markup(text: str) -> str:
    """The text as HTML that shows exactly it."""
    return html.escape(text, quote=True)
