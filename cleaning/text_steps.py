"""Rewrite one text: mojibake, entities, Unicode form, blanks, and what spreadsheets write around a cell."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeAlias

from ftfy import fix_encoding
from ftfy.badness import is_bad

from sluice.domain import Message
from sluice.rules.value_kinds import TAG

Step: TypeAlias = tuple[Message, float, Callable[[str], str]]  # message and confidence of a change, function

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")  # a bare & stays: it separates the parameters of a URL
_TAG = re.compile(TAG)
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")  # no width, no meaning; joiners stay, since scripts and emoji need them
_BLANKS = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")  # blanks by name; line breaks are none of them
_LINE_BREAK = re.compile(r"[\n\r\v\f\x85\u2028\u2029]")
_COMBINING = re.compile(r"[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+|[\u1100-\u11ff]{2,}")  # a letter with its marks, a syllable in parts
_LIGATURES = str.maketrans({"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"})
_WIDE_LETTERS = {code: code - 0xFEE0 for start, end in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)) for code in range(start, end + 1)}
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # full-width punctuation is the usual one beside these letters
_SPREADSHEET_TEXT = re.compile(r'="([^"]*)"')
_GUARDED = re.compile(r"'([=+\-@\t\r].*)", re.DOTALL)
_CODE_PAGES = (
    "sloppy-windows-1252",
    "latin-1",
    "sloppy-windows-1250",
    "sloppy-windows-1251",
    "sloppy-windows-1253",
    "sloppy-windows-1254",
    "macroman",
    "cp437",
)
_MAX_ROUNDS = 8


def rewrite(text: str, steps: Sequence[Step]) -> tuple[str, float, list[Message]]:
    """Apply steps until none changes a text, since one change can reveal another defect.

    Args:
        text: Text of a cell.
        steps: Steps, in order.

    Returns:
        The text, the lowest confidence of the changes, and the messages of the steps that changed it.
    """
    changes: dict[str, tuple[Message, float]] = {}
    for _ in range(_MAX_ROUNDS):
        before = text
        for message, confidence, step in steps:
            after = step(text)
            if after != text:
                changes[message.code] = message, confidence
            text = after
        if text == before:
            break
    return text, min((confidence for _, confidence in changes.values()), default=1.0), [message for message, _ in changes.values()]


def unwrap_spreadsheet_text(text: str) -> str:
    """Return what a spreadsheet shows for `="00012"`, or for a formula that an export guarded with an apostrophe.

    Example:
        >>> unwrap_spreadsheet_text('="00012"'), unwrap_spreadsheet_text("'+49 170"), unwrap_spreadsheet_text("'s Heeren")
        ('00012', '+49 170', "'s Heeren")
    """
    if match := _SPREADSHEET_TEXT.fullmatch(text):
        return match[1]
    match = _GUARDED.fullmatch(text)
    return match[1] if match else text


def fix_mojibake(text: str) -> str:
    """Decode text that was decoded with a wrong code page; only where encoding the result that way gives the text again.

    Example:
        >>> fix_mojibake("CafÃ©")
        'Café'
    """
    if text.isascii() or not is_bad(text):
        return text
    fixed = fix_encoding(text)
    before, after = text.split(" "), fixed.split(" ")
    reads_back = len(before) == len(after) and all(new == old or _reads_back(new, old) for old, new in zip(before, after, strict=True))
    return fixed if reads_back or _reads_back(fixed, text) else text


def decode_entities(text: str) -> str:
    """Decode HTML entities; a text that has tags, or would get one, stays.

    Example:
        >>> decode_entities("salt &amp; pepper"), decode_entities("&lt;b&gt; is bold")
        ('salt & pepper', '&lt;b&gt; is bold')
    """
    if "&" not in text or _TAG.search(_decode_fully(text)):
        return text
    return _ENTITY.sub(lambda match: match[0] if "\ufffd" in html.unescape(match[0]) else html.unescape(match[0]), text)


def compose(text: str) -> str:
    """Compose letters with their marks (NFC), and replace full-width forms and the ligatures of fonts.

    Letters and signs of their own stay: `ŀ`, `½`, `²` and `™` mean something else than the letters that resemble them. Full-width
    punctuation stays beside Chinese, Japanese and Korean letters.

    Example:
        >>> compose("\uff21\uff22 e\u0301 10²")
        'AB é 10²'
    """
    composed = _COMBINING.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)
    return composed.translate(_WIDE_LETTERS if _EAST_ASIAN.search(composed) else _WIDE).translate(_LIGATURES)


def collapse_blanks(text: str) -> str:
    r"""Trim a text and write each run of blanks as one; in a text of several lines, only trim its ends.

    Example:
        >>> collapse_blanks("  a   b "), collapse_blanks(chr(10).join(["Nylon", "  Polyester", ""]))
        ('a b', 'Nylon\n  Polyester')
    """
    visible = _INVISIBLE.sub("", text).strip()
    return visible if _LINE_BREAK.search(visible) or _TAG.search(visible) else _BLANKS.sub(" ", visible)


def _decode_fully(text: str) -> str:
    for _ in range(_MAX_ROUNDS):
        text, before = html.unescape(text), text
        if text == before:
            break
    return text


def _reads_back(fixed: str, text: str) -> bool:
    """Return True where the text is the fixed one, encoded as UTF-8 and decoded with a code page, once or more often."""
    texts = {fixed}
    for _ in range(3):
        texts = {damaged for candidate in texts for page in _CODE_PAGES if (damaged := _damage(candidate, page)) is not None}
        if text in texts:
            return True
    return False


def _damage(text: str, page: str) -> str | None:
    try:
        return text.encode().decode(page)
    except UnicodeError:
        return None
