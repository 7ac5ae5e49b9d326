"""Split texts into tokens, in whatever script they are written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

KANA, HAN = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3005"
THAI = "\u0e01-\u0e4e"  # as Chinese and Japanese, without blanks between words
UNSPACED = re.compile(f"[{KANA}{HAN}{THAI}]")
TOKEN = re.compile(rf"[{HAN}]+|[{KANA}]+|[{THAI}]+|[^\W_{KANA}{HAN}{THAI}]+")
# OpenCC ends a text at its first NUL, so that becomes a blank.
LETTERS = str.maketrans({"\0": " ", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"})
UNITS = {"毫升": "ml", "升": "l", "克": "g", "千克": "kg", "公斤": "kg", "毫米": "mm", "厘米": "cm", "公分": "cm", "米": "m", "英寸": "inch", "寸": "inch"}
UNITS |= {"瓦": "w", "伏": "v", "毫安": "mah"}  # Latin units stay as they are typed
LATIN_UNITS = ("ml", "l", "cl", "g", "kg", "mg", "mm", "cm", "m", "inch", "oz", "lb", "w", "v", "mah", "gb", "tb")
QUANTITY = re.compile(rf"(?<![a-z\d])(\d+(?:[.,]\d+)?)\s?({'|'.join(sorted((*UNITS, *LATIN_UNITS), key=len, reverse=True))})(?![a-z])")

# Quantities of which `TOKEN` makes several tokens: with a blank, or a decimal point.
DIVIDED_QUANTITY = re.compile(rf"(?<![a-z\d.])(\d+(?= )|\d+\.\d+) ?({'|'.join(LATIN_UNITS)})(?![a-z\d])")


def normalize(text: str) -> str:
    """Write a text in lower case, without accents, full-width forms and traditional characters, and with one spelling of units.

    Example:
        >>> normalize("Røros Café 紅色馬克杯 350毫升")
        'roros cafe 红色马克杯 350ml'
    """
    compatible = unicodedata.normalize("NFKD", text).lower()  # full-width and half-width forms, too
    plain = unicodedata.normalize("NFC", "".join(letter for letter in compatible if not "\u0300" <= letter <= "\u036f")).translate(LETTERS)
    simplified = _converter().convert(plain) if re.search(f"[{HAN}]", plain) else plain
    return " ".join(QUANTITY.sub(_write_quantity, simplified).split())


def tokenize(text: str) -> list[str]:
    """Split a text into tokens of `normalize`: words between blanks; of scripts without them, words as found in texts, and their characters.

    Chinese words are those of jieba's dictionary. Of Japanese and Thai, pairs of neighbouring characters stand for words.

    Example:
        >>> tokenize("Red mug, 350 ml")
        ['red', 'mug', '350', 'ml', '350ml']
        >>> tokenize("红色马克杯")
        ['红', '色', '马', '克', '杯', '红色', '马克', '马克杯']
    """
    normal = normalize(text)
    quantities = [number + unit for number, unit in DIVIDED_QUANTITY.findall(normal)]
    return [token for part in (*TOKEN.findall(normal), *quantities) for token in _split(part)]


def _write_quantity(match: re.Match[str]) -> str:
    """Write a number with a Chinese unit, or one that it touches, as one word; others stay two, to which `tokenize` adds the one."""
    number, unit = match[1].replace(",", "."), UNITS.get(match[2], match[2])
    return f"{number} {unit} " if " " in match[0] and match[2].isascii() else f"{number}{unit} "


def _split(part: str) -> Iterator[str]:
    if not UNSPACED.match(part):
        yield part
        return
    yield from part
    if re.match(f"[{HAN}]", part):
        import rjieba

        yield from (word for word in rjieba.cut_for_search(part) if len(word) > 1)
    else:
        yield from (part[place : place + 2] for place in range(len(part) - 1))


def is_quantity(token: str) -> bool:
    """Return whether a token is a number with a unit, such as `350ml`: another number is another quantity, and no typing error."""
    return QUANTITY.fullmatch(token) is not None


def is_whole_word(token: str) -> bool:
    """Return whether a token is a word that was typed, and no single character of a script without blanks."""
    return len(token) > 1 or not UNSPACED.match(token)


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("tw2sp")  # traditional characters, and words of Taiwan, become those of the mainland
