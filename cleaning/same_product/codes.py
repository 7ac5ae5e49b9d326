"""Read the numbers that manufacturers give their products: model numbers and GTINs."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:[.\-/_][^\W_]+)*")
_SIZE = re.compile(r"\d{1,3}(?:[.,]\d+)?(?:[./x\u00d7*-]\d{1,3}(?:[.,]\d+)?){1,2}")  # 32/34, 40x60, 12.5
_LENGTHS = (8, 12, 13, 14)  # digits of a GTIN


def plain_code(text: str) -> str:
    """Return the letters and digits of a text alone, in lower case.

    Example:
        >>> plain_code("MB13-PNK/2")
        'mb13pnk2'
    """
    return re.sub(r"[\W_]", "", text).lower()


def codes_in(text: str) -> frozenset[str]:
    """Return the words that look like model numbers: letters and digits mixed, or four digits and more, but no sizes such as 32/34.

    Example:
        >>> sorted(codes_in("lg lds4821ww 24 inch dishwasher, no. 48210"))
        ['48210', 'lds4821ww']
    """
    words = [word for word in _WORD.findall(text) if not _SIZE.fullmatch(word)]
    return frozenset(code for code in map(plain_code, words) if _is_code(code))


def is_gtin(text: str) -> bool:
    """Return True for a GTIN (EAN, UPC, ISBN-13) with the right check digit (GS1 General Specifications, 7.9).

    Example:
        >>> is_gtin("4006381333931"), is_gtin("4006381333932")
        (True, False)
    """
    digits = plain_code(text)
    if not (digits.isascii() and digits.isdecimal()) or len(digits) not in _LENGTHS or not digits.strip("0"):
        return False
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return total % 10 == 0


def _is_code(code: str) -> bool:
    digits = sum(map(str.isdigit, code))
    return len(code) >= 4 and digits > 0 and (digits < len(code) or code.isdecimal())
