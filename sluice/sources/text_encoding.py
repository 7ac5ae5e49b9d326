"""Check the encoding of a text before it is parsed: parsers accept UTF-16 and NUL bytes silently."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence

from sluice.errors import SourceError
from sluice.messages import make_error

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def columns_to_read(columns: Sequence[str], requested: Sequence[str] | None) -> list[str]:
    """Return the columns to read: the requested ones, and at least one, since a frame without columns has no rows to count."""
    return [name for name in columns if requested is None or name in requested] or list(columns[:1])


def check_utf8(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield the same bytes without a UTF-8 byte order mark, once they are checked to be UTF-8 without NUL bytes.

    Raises:
        SourceError: They are something else; names the position of the first wrong byte.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    for chunk in chunks:
        if offset == 0 and chunk.startswith(_UTF16):
            raise make_error(SourceError, "file_utf16", file=name)
        _refuse_nul(chunk, offset, name)
        _decode(decoder, chunk, offset, name)
        yield chunk.removeprefix(codecs.BOM_UTF8) if offset == 0 else chunk
        offset += len(chunk)
    _decode(decoder, b"", offset, name, final=True)
    if offset == 0:
        raise make_error(SourceError, "file_empty", file=name)


def _refuse_nul(chunk: bytes, offset: int, name: str) -> None:
    position = chunk.find(b"\0")
    if position >= 0:
        raise make_error(SourceError, "file_binary", file=name, byte=offset + position)


def _decode(decoder: codecs.IncrementalDecoder, chunk: bytes, offset: int, name: str, *, final: bool = False) -> None:
    pending = decoder.getstate()[0]
    if not pending and chunk.isascii():
        return
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        raise make_error(SourceError, "file_not_utf8", file=name, byte=offset - len(pending) + error.start) from None
