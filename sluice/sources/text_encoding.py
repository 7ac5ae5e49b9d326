"""Turn text of a declared encoding into UTF-8 before it is parsed: parsers accept UTF-16 and NUL bytes silently."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from sluice.errors import SourceError
from sluice.messages import make_error
from sluice.sources.mixed_text import encodings_of, recode_lines

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MULTI_BYTE = ("gb", "big5", "cp9", "shift_jis", "euc_", "iso2022", "hz", "johab")
_MIN_CHARACTERS = 6  # of text in a multi-byte encoding, that many are hardly all valid UTF-8 by chance


def columns_to_read(columns: Sequence[str], requested: Sequence[str] | None) -> list[str]:
    """Return the columns to read: the requested ones, and at least one, since a frame without columns has no rows to count."""
    return [name for name in columns if requested is None or name in requested] or list(columns[:1])


def is_utf8(encoding: str) -> bool:
    """Return True for the names of UTF-8."""
    return "," not in encoding and codecs.lookup(encoding).name in {"utf-8", "utf-8-sig", "ascii"}


def to_utf8(begin: Callable[[], Iterator[bytes]], name: str, encoding: str = "utf-8") -> Iterator[bytes]:
    """Yield the text as UTF-8 without byte order mark, once it is checked to be in its encoding and to hold no NUL byte.

    A file that begins with the byte order mark of UTF-8 is UTF-8, whatever is declared.

    Args:
        begin: Begins to read its bytes; again where a line is to be named, since counting lines takes longer than checking bytes.
        name: Name of the file.
        encoding: The declared encoding, or several: then each line is read in the first that can read it.

    Raises:
        SourceError: It is in another encoding; names the first wrong byte, its line and the setting.
    """
    chunks = begin()
    first = next(chunks, b"")
    if not first:
        raise make_error(SourceError, "file_empty", file=name)
    text = chain([first.removeprefix(codecs.BOM_UTF8)], chunks)
    if is_utf8(encoding) or first.startswith(codecs.BOM_UTF8):
        if first.startswith(_UTF16):
            raise make_error(SourceError, "file_utf16", file=name)
        return _checked(text, begin, name, len(codecs.BOM_UTF8) if first.startswith(codecs.BOM_UTF8) else 0)
    if len(encodings_of(encoding)) > 1:
        return recode_lines(_without_nul(text, name), lambda byte: _line_of(byte, begin()), name, encoding)
    return _recoded(text, begin, name, encoding)


def _checked(chunks: Iterator[bytes], begin: Callable[[], Iterator[bytes]], name: str, offset: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in chunks:
        _refuse_nul(chunk, offset, name)
        _decode(decoder, chunk, offset, begin, name, "utf-8")
        yield chunk
        offset += len(chunk)
    _decode(decoder, b"", offset, begin, name, "utf-8", final=True)


def _recoded(chunks: Iterator[bytes], begin: Callable[[], Iterator[bytes]], name: str, encoding: str) -> Iterator[bytes]:
    decoder, as_utf8 = codecs.getincrementaldecoder(encoding)(), _Utf8Count()
    offset = 0
    for chunk in chain(chunks, [b""]):
        text = _decode(decoder, chunk, offset, begin, name, encoding, final=not chunk)
        if "\0" in text:
            raise make_error(SourceError, "file_binary", file=name, byte=offset + max(chunk.find(b"\0"), 0))
        as_utf8.feed(chunk)
        offset += len(chunk)
        if text:
            yield text.encode().removeprefix(codecs.BOM_UTF8)
    least = _MIN_CHARACTERS if codecs.lookup(encoding).name.startswith(_MULTI_BYTE) else 1
    if as_utf8.characters >= least:
        raise make_error(SourceError, "file_is_utf8", file=name, encoding=encoding)


def _line_of(byte: int, chunks: Iterator[bytes]) -> int:
    line = 1
    for chunk in chunks:
        line += chunk.count(b"\n", 0, max(byte, 0))
        byte -= len(chunk)
        if byte < 0:
            break
    return line


class _Utf8Count:
    """Count the characters beyond ASCII of bytes that are UTF-8 so far; -1 once they are not."""

    def __init__(self) -> None:
        self.characters = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes; none at the end."""
        if self.characters < 0:
            return
        try:
            text = self._decoder.decode(chunk, not chunk)
        except UnicodeDecodeError:
            self.characters = -1
        else:
            self.characters += len(text) - len(text.encode("ascii", "ignore"))


def _without_nul(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    offset = 0
    for chunk in chunks:
        _refuse_nul(chunk, offset, name)
        yield chunk
        offset += len(chunk)


def _refuse_nul(chunk: bytes, offset: int, name: str) -> None:
    position = chunk.find(b"\0")
    if position >= 0:
        raise make_error(SourceError, "file_binary", file=name, byte=offset + position)


def _decode(
    decoder: codecs.IncrementalDecoder, chunk: bytes, offset: int, begin: Callable[[], Iterator[bytes]], name: str, encoding: str, *, final: bool = False
) -> str:
    """Decode a chunk; for UTF-8, plain ASCII is only checked and not decoded."""
    pending = decoder.getstate()[0]
    if encoding == "utf-8" and not pending and chunk.isascii():
        return ""
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        byte = offset + error.start - len(pending)
        place = {"byte": byte, "line": _line_of(byte, begin())}
        if encoding == "utf-8":
            raise make_error(SourceError, "file_not_utf8", file=name, **place) from None
        raise make_error(SourceError, "file_not_in_encoding", file=name, encoding=encoding, **place) from None
