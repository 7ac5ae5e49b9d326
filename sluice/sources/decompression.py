"""Stream a file's bytes, decompressed where they are compressed, and stop where they exceed their limit."""

from __future__ import annotations

import bz2
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from sluice.errors import SourceError, TooLarge
from sluice.messages import make_error

CHUNK = 2**18  # fits a core's cache
ENDINGS = (".gz", ".zst", ".zstd", ".bz2", ".xz", ".zip")  # of compressed files, after the ending of what they hold
_ZSTD_CHUNK = 2**12  # compressed bytes; they expand to some ten thousand times as many at most
_GZIP, _ZSTD, _BZIP2, _XZ, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\0", b"PK\x03\x04"
_ANY_HEADER = 32 + zlib.MAX_WBITS  # gzip or zlib, by the first bytes


class Readable(Protocol):
    """Read bytes."""

    def read(self, size: int, /) -> bytes:
        """Return up to that many bytes."""


def decompress(path: Path, limit: int) -> Iterator[bytes]:
    """Yield the file's bytes, a quarter of a megabyte at once, so that a decompression bomb exceeds a count and not the memory.

    Args:
        path: A file, plain or compressed by gzip, zstd, bzip2, xz or zip, by its first bytes and not by its name.
        limit: Largest number of decompressed bytes.

    Raises:
        TooLarge: There are more.
        SourceError: A zip archive holds several files.
        EOFError: A compressed file ends too early.
        OSError: A compressed file is damaged; zlib.error, lzma.LZMAError, zipfile.BadZipFile likewise.
    """
    total = 0
    with path.open("rb") as file:
        for chunk in _chunks(file, path.name):
            total += len(chunk)
            if total > limit:
                raise make_error(TooLarge, "file_unpacks_too_large", file=path.name, limit=limit)
            yield chunk


def is_readable_by_polars(path: Path) -> bool:
    """Return True for a file that is plain or compressed by gzip, by its first bytes."""
    with path.open("rb") as file:
        return not file.read(6).startswith((_ZSTD, _BZIP2, _XZ, _ZIP))


def is_compressed(path: Path) -> bool:
    """Return True for a file that is compressed, by its first bytes."""
    with path.open("rb") as file:
        return file.read(6).startswith((_GZIP, _ZSTD, _BZIP2, _XZ, _ZIP))


def without_compression(name: str) -> str:
    """Return a file's name without the ending of its compression."""
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)]


def _chunks(file: BinaryIO, name: str) -> Iterator[bytes]:
    magic = file.read(6)
    file.seek(0)
    if magic.startswith(_GZIP):
        yield from _members(file)
    elif magic.startswith(_ZSTD):
        yield from _frames(file)
    elif magic.startswith((_BZIP2, _XZ)):
        with bz2.open(file) if magic.startswith(_BZIP2) else lzma.LZMAFile(file) as stream:
            yield from _pieces(stream)
    elif magic.startswith(_ZIP):
        yield from _only_member(file, name)
    else:
        yield from _pieces(file)


def _pieces(stream: Readable) -> Iterator[bytes]:
    return iter(lambda: stream.read(CHUNK), b"")


def _frames(file: BinaryIO) -> Iterator[bytes]:
    """Yield the contents of a zstd file, a little at once: its stream reader would take a file that was cut short for a whole one."""
    import zstandard  # with the first such file

    packed = file.read(_ZSTD_CHUNK)
    while packed:
        frame = zstandard.ZstdDecompressor().decompressobj()
        while True:
            if chunk := frame.decompress(packed):
                yield chunk
            if frame.eof:
                packed = frame.unused_data or file.read(_ZSTD_CHUNK)
                break
            packed = file.read(_ZSTD_CHUNK)
            if not packed:
                raise EOFError


def _only_member(file: BinaryIO, name: str) -> Iterator[bytes]:
    with zipfile.ZipFile(file) as archive:
        members = [member for member in archive.infolist() if not member.is_dir() and not member.filename.startswith("__MACOSX/")]
        if any(member.filename.startswith("xl/") for member in members):
            raise make_error(SourceError, "file_is_spreadsheet", file=name)
        if len(members) != 1:
            raise make_error(SourceError, "file_zip_members", file=name, members=len(members))
        if members[0].flag_bits & 1:
            raise make_error(SourceError, "file_zip_encrypted", file=name)
        with archive.open(members[0]) as stream:
            yield from _pieces(stream)


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
