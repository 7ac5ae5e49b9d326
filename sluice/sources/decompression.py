"""Stream a file's bytes, decompressed where it is compressed by gzip, and stop where they exceed their limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sluice.errors import SourceError, TooLarge
from sluice.messages import make_error

CHUNK = 2**18  # fits a core's cache
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_ANY_HEADER = 32 + zlib.MAX_WBITS  # gzip or zlib, by the first bytes


def decompress(path: Path, limit: int) -> Iterator[bytes]:
    """Yield the file's bytes, a quarter of a megabyte at once, so that a decompression bomb exceeds a count and not the memory.

    Args:
        path: A file, compressed or not, by its first bytes and not by its name.
        limit: Largest number of decompressed bytes.

    Raises:
        TooLarge: There are more.
        SourceError: The compression is of another kind.
        EOFError: A compressed file ends too early.
        zlib.error: A compressed file is damaged.
    """
    total = 0
    with path.open("rb") as file:
        for chunk in _chunks(file, path.name):
            total += len(chunk)
            if total > limit:
                raise make_error(TooLarge, "file_unpacks_too_large", file=path.name, limit=limit)
            yield chunk


def _chunks(file: BinaryIO, name: str) -> Iterator[bytes]:
    magic = file.read(4)
    file.seek(0)
    if magic.startswith(_ZSTD):
        raise make_error(SourceError, "file_zstd", file=name)
    if magic.startswith(_GZIP):
        yield from _members(file)
    else:
        yield from iter(lambda: file.read(CHUNK), b"")


def _members(file: BinaryIO) -> Iterator[bytes]:
    """Yield the contents of a gzip file, which may have several members."""
    packed = file.read(CHUNK)
    while packed:
        member = zlib.decompressobj(_ANY_HEADER)
        while not member.eof:
            if not packed:
                raise EOFError
            if chunk := member.decompress(packed, CHUNK):
                yield chunk
            packed = member.unconsumed_tail or member.unused_data or file.read(CHUNK)
        packed = packed.lstrip(b"\0") or file.read(CHUNK).lstrip(b"\0")  # some writers pad with zeros
