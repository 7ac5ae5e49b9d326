"""Write to terminals and pipes whose encoding lacks characters: each is written as its escape, and sentences stay English."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import TextIO

_CHINESE = "\u4e2d\uff0c"  # a character and the comma of Chinese sentences
_FAILING = ("strict", "surrogateescape")


def escape_what_is_not_encodable(streams: Sequence[TextIO]) -> None:
    """Let streams write a character that their encoding lacks as its escape, where it would end the command; a choice in PYTHONIOENCODING stays."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper) and stream.errors in _FAILING:
            stream.reconfigure(errors="backslashreplace")


def has_chinese(streams: Sequence[TextIO]) -> bool:
    """Return True where all streams can write Chinese sentences."""
    return all(escaped(_CHINESE, stream.encoding) == _CHINESE for stream in streams)


def is_text(argument: str) -> bool:
    r"""Return True for an argument whose bytes are text in the encoding of the locale; bytes of other ones stand in it as surrogates.

    Example:
        >>> is_text("杯"), is_text("\udce6\udc9d\udcaf")
        (True, False)
    """
    return escaped(argument, "utf-8") == argument


def escaped(text: str, encoding: str | None = None) -> str:
    r"""Return a text in which each character that an encoding lacks is written as its escape, so that a table knows its width.

    Args:
        text: Any text.
        encoding: Name of the encoding; that of stdout by default.

    Example:
        >>> escaped("red 杯", "latin-1"), escaped("red 杯", "gbk")
        ('red \\u676f', 'red 杯')
    """
    name = encoding or getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(name, "backslashreplace").decode(name)
