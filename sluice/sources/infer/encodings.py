"""Infer the encoding of a text that is not UTF-8, from few candidates: a detector that is left alone takes Western tables for Central European ones."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sluice.config import Limits
from sluice.errors import SourceError
from sluice.sources.decompression import decompress
from sluice.sources.source_errors import source_errors

_WESTERN = "cp1252"
_COMMON = {  # ranges of the first byte of common characters: Hangul; Big5's frequent ones; GB 2312's first level; kana and JIS's first level; with their signs
    "cp949": ((0xB0, 0xC8), (0xA1, 0xA3)),
    "big5": ((0xA1, 0xC6),),
    "gb18030": ((0xB0, 0xD7), (0xA1, 0xA3)),
    "cp932": ((0x81, 0x83), (0x88, 0x98)),
}
_LOW_TRAILS = ("big5", "cp932")  # whose common characters may have a second byte below 0xA1
_CLEAR = 0.9
_SURE_BYTES = 40
_MIN_UTF8 = 0.3  # share of lines that are UTF-8 by no chance where each character has two bytes
_HIGH_RUN = re.compile(rb"([\x80-\xff]+)([\x00-\x7f])")
_SAMPLE = 2**16  # bytes of lines with letters beyond ASCII
_WORDS = {  # of headers, by the code page that their language needs
    "cp1250": "cena nazwa ilość opis produkt marka kolor rozmiar stan zamówienie název množství popis značka barva objednávka názov množstvo farba név ár "
    "mennyiség leírás megnevezés szín rendelés denumire preț cantitate naziv količina",
    "cp1251": "цена название количество описание товар артикул бренд цвет размер заказ дата имя ціна назва кількість опис замовлення име поръчка",
    "cp1253": "τιμή όνομα ποσότητα περιγραφή προϊόν χρώμα μέγεθος παραγγελία",
    "cp1254": "fiyat ürün adı stok açıklama marka renk beden sipariş adet kategori miktar tarih",  # noqa: RUF001  # as it is spelled
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """Hold an encoding and what speaks for it.

    Attributes:
        name: Its name in Python.
        letters: The commonest letters beyond ASCII, as it reads them, in order.
        sure: Whether no other encoding is likely.
    """

    name: str
    letters: str = ""
    sure: bool = True


def infer_encoding(path: Path, limits: Limits) -> Encoding:
    """Infer the encoding of a file: UTF-8 wherever it is valid, UTF-16 by its mark or its NUL bytes, else one of few code pages.

    Central European, Cyrillic, Greek and Turkish code pages are taken only where the header has words of their languages.
    """
    head, odd = b"", bytearray()
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid = True
    try:
        for chunk in _chunks(path, limits):
            head = head or chunk
            if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return Encoding("utf-16")
            if valid and not chunk.isascii():
                valid = _decodes(decoder, chunk)
            if len(odd) < _SAMPLE and not chunk.isascii():
                odd += b"".join(line + b"\n" for line in chunk.split(b"\n") if not line.isascii())[: _SAMPLE - len(odd)]
            if not valid and len(odd) >= _SAMPLE:
                break
    except SourceError:
        return Encoding("utf-8")  # reading it reports the error
    if head[:1000].count(b"\0") > len(head[:1000]) // 5:
        return Encoding("utf-16-le" if head[1:2] == b"\0" else "utf-16-be")
    return Encoding("utf-8") if valid else _of_lines(head.split(b"\n", 1)[0], bytes(odd))


def _chunks(path: Path, limits: Limits) -> Iterator[bytes]:
    with source_errors(path.name):
        yield from decompress(path, limits.unpacked)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _of_lines(header: bytes, sample: bytes) -> Encoding:
    """Return the encoding of lines that are not all UTF-8; where some are, UTF-8 and that of the others: no text of single bytes is UTF-8 by chance."""
    lines = sample.splitlines(keepends=True)[: -1 if len(sample) >= _SAMPLE else None]  # the last one may be cut
    others = [line for line in lines if not _decodes(codecs.getincrementaldecoder("utf-8")(), line)]
    page = _code_page(header, b"".join(others))
    share = 1 - len(others) / len(lines) if lines else 0.0
    if not others or (share < _MIN_UTF8 and (share == 0 or page.name in _COMMON)):
        return _code_page(header, sample)
    return replace(page, name=f"utf-8, {page.name}")


def _code_page(header: bytes, sample: bytes) -> Encoding:
    for name, words in _WORDS.items():
        words_of_header = set(re.findall(r"\w+", header.decode(name, "replace").lower())) & set(words.split())
        if len(words_of_header) >= 2:
            return _described(name, sample, sure=True)
    runs = _HIGH_RUN.findall(sample + b"\n")
    if sum(_stands_alone(*run) for run in runs) >= _CLEAR * len(runs):
        return _described(_WESTERN, sample, sure=_decodes(codecs.getincrementaldecoder(_WESTERN)(), sample))
    shares = {name: _common_share(sample, name, ranges) for name, ranges in _COMMON.items()}
    best = max(shares, key=lambda name: shares[name])
    if shares[best] >= _CLEAR:
        return _described(best, sample, sure=sum(len(run) for run, _ in runs) >= _SURE_BYTES)
    return _described(_by_detector(sample, whole_words=sum(len(run) >= 3 for run, _ in runs) > 0.5 * len(runs)), sample, sure=False)


def _stands_alone(run: bytes, after: bytes) -> bool:
    """Return True for an accented letter, or a sign before a blank or digit: no half of a character of two bytes looks so."""
    return len(run) <= 2 and (min(run) >= 0xC0 or (len(run) == 1 and after < b"@"))


def _common_share(sample: bytes, encoding: str, ranges: Sequence[tuple[int, int]]) -> float:
    """Return the share of the characters of several bytes whose first byte is one of those of common characters."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    codes = [character.encode(encoding) for character in text if not character.isascii()]
    common = sum(any(low <= code[0] <= high for low, high in ranges) and len(code) == 2 and (encoding in _LOW_TRAILS or code[1] > 0xA0) for code in codes)
    return common / len(codes) if codes else 0.0


def _by_detector(sample: bytes, *, whole_words: bool) -> str:
    """Ask charset-normalizer; words without any ASCII letter are of another alphabet."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=["cp1251", "cp1253", "koi8_r"] if whole_words else [_WESTERN, *_COMMON]).best()
    return best.encoding if best else _WESTERN


def _described(name: str, sample: bytes, *, sure: bool) -> Encoding:
    counts = Counter(character for character in sample.decode(name, "ignore") if not character.isascii() and character.isprintable())
    return Encoding(name, " ".join(sorted(letter for letter, _ in counts.most_common(8))), sure)  # sorted, so that they spell no one's name
