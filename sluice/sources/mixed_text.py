"""Read text whose lines are in several encodings, as of files that several systems append to, or in which one name was pasted from elsewhere."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from sluice.errors import SourceError
from sluice.messages import make_error


def encodings_of(encoding: str) -> tuple[str, ...]:
    """Return the encodings that a setting names, in the order in which they are tried.

    Example:
        >>> encodings_of("utf-8, cp1252")
        ('utf-8', 'cp1252')
    """
    return tuple(name.strip() for name in encoding.split(","))


def decode(text: bytes, encoding: str) -> str:
    r"""Return text, with a sign in the place of what cannot be read; each line in the first encoding that can read it.

    Example:
        >>> decode("Zoë\n".encode() + "Zoë\n".encode("cp1252"), "utf-8, cp1252")
        'Zoë\nZoë\n'
    """
    names = encodings_of(encoding)
    if len(names) == 1:
        return text.decode(encoding, "replace")
    return "".join(_decode_line(line, names) or line.decode(names[0], "replace") for line in text.splitlines(keepends=True))


def recode_lines(chunks: Iterator[bytes], line_of: Callable[[int], int], name: str, encoding: str) -> Iterator[bytes]:
    """Yield text as UTF-8, each line read in the first of several encodings that can read it.

    Args:
        chunks: Its bytes.
        line_of: Returns the line of a byte.
        name: Name of the file.
        encoding: The encodings.

    Raises:
        SourceError: A line is in none of them.
    """
    names, rest, offset = encodings_of(encoding), b"", 0
    for chunk in chain(chunks, [b""]):
        text = rest + chunk
        end = text.rfind(b"\n") + 1 if chunk else len(text)
        lines, rest = text[:end], text[end:]
        if lines:
            yield b"".join(_recoded(lines, names, name, offset, line_of))
        offset += end


def _recoded(lines: bytes, names: Sequence[str], file: str, offset: int, line_of: Callable[[int], int]) -> Iterator[bytes]:
    if _is_read(lines, names[0]):
        yield _decode_line(lines, names[:1]).encode()
        return
    for line in lines.splitlines(keepends=True):
        if not line.isascii() and not any(_is_read(line, name) for name in names):
            raise make_error(SourceError, "file_not_in_encoding", file=file, encoding=", ".join(names), byte=offset, line=line_of(offset))
        yield line if line.isascii() else _decode_line(line, names).encode()
        offset += len(line)


def _decode_line(line: bytes, names: Sequence[str]) -> str:
    """Return a line in the first encoding that can read it; empty where none can."""
    return next((line.decode(name) for name in names if _is_read(line, name)), "")


def _is_read(text: bytes, encoding: str) -> bool:
    try:
        codecs.decode(text, encoding)
    except UnicodeDecodeError:
        return False
    return True
