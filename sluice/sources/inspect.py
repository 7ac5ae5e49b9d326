"""Looks at what is there before it is parsed: parsers take UTF-16 and NUL bytes without a word."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence

from sluice.errors import SourceError

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def kept(columns: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    """The columns to read: those that are wanted, and at least one, since a frame without columns has no rows to count."""
    return [name for name in columns if wanted is None or name in wanted] or list(columns[:1])


def utf8(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """The same bytes, less a UTF-8 byte order mark, once they are known to be UTF-8 without NUL bytes.

    Raises:
        SourceError: They are something else; says where the first wrong byte stands.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    seen = 0
    for chunk in chunks:
        if seen == 0 and chunk.startswith(_UTF16):
            raise SourceError(f"{name}: is UTF-16; save it as UTF-8")
        _refuse_nul(chunk, seen, name)
        _decode(decoder, chunk, seen, name)
        yield chunk.removeprefix(codecs.BOM_UTF8) if seen == 0 else chunk
        seen += len(chunk)
    _decode(decoder, b"", seen, name, final=True)
    if seen == 0:
        raise SourceError(f"{name}: is empty; send it again, with a header even where there are no rows")


def _refuse_nul(chunk: bytes, seen: int, name: str) -> None:
    at = chunk.find(b"\0")
    if at >= 0:
        raise SourceError(f"{name}: byte {seen + at:,} is NUL, so it is not plain text (UTF-16, or a binary file?); save it as UTF-8")


def _decode(decoder: codecs.IncrementalDecoder, chunk: bytes, seen: int, name: str, *, final: bool = False) -> None:
    waiting = decoder.getstate()[0]
    if not waiting and chunk.isascii():
        return
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        raise SourceError(f"{name}: byte {seen - len(waiting) + error.start:,} is not UTF-8; save it as UTF-8") from None
