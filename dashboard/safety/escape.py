"""Escape text that came with the data where Markdown or HTML is drawn: no image is fetched, no link made, no colour set."""

from __future__ import annotations

import html
import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_PLAIN = re.compile(r"[^\W_]+(?:[ _][^\W_]+)*")  # underscores within a word set nothing in italics
_LINK = re.compile(r"(://|@|www)", re.IGNORECASE)
_COMMAND = re.compile(r"\\`(sluice(?: (?:[A-Za-z0-9]|\\[-._=])+)+)\\`")  # escaped; of plain words alone, so that it is harmless from wherever it came
_WORD_JOINER = "\u2060"  # zero width; an address with it inside is not recognised as a link


def markdown(text: str) -> str:
    """Escape text for Markdown, on one line (CommonMark allows a backslash before any ASCII punctuation)."""
    unlinked = _LINK.sub(lambda match: match[0][0] + _WORD_JOINER + match[0][1:], " ".join(text.split()))
    return _PUNCTUATION.sub(r"\\\1", unlinked)


def title_markdown(text: str) -> str:
    r"""Escape text for the title of a field as `markdown` does, but leave a plain name as it is: screen readers read the title as it is written.

    Example:
        >>> title_markdown("beer_name"), title_markdown("![x](y)")
        ('beer_name', '\\!\\[x\\]\\(y\\)')
    """
    return text if _PLAIN.fullmatch(text) else markdown(text)


def message_markdown(text: str) -> str:
    r"""Escape a message for Markdown as `markdown` does, but draw the commands of Sluice that it names as code.

    Example:
        >>> message_markdown("`sluice run --retry-failed` reads *it*")
        '`sluice run --retry-failed` reads \\*it\\*'
    """
    return _COMMAND.sub(lambda match: "`" + match[1].replace("\\", "") + "`", markdown(text))


def markup(text: str) -> str:
    """Escape text for HTML."""
    return html.escape(text, quote=True)
