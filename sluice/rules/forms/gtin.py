"""Read article numbers (GTIN, EAN, UPC): the standard form has 8, 13 or 14 digits."""

from __future__ import annotations

import re
import unicodedata

from sluice.rules.forms.check_digits import has_gs1_check_digit
from sluice.rules.forms.standard_value import LIKELY, StandardValue, respelled

_LENGTHS = (8, 12, 13, 14)
_IN_STORE = re.compile(r"0?2\d{11}")  # variable measure: the shop's own number, with a price or weight in it
_WRITTEN = re.compile(r"(?i)^(?:gtin|ean|upc)(?:-?1[234]|-?8)?[:\s]+")


def read(text: str, region: str | None) -> StandardValue | None:
    """Return an article number of 8, 13 or 14 digits with a right check digit; None for any other text.

    A UPC of 12 digits gets the zero that makes it a GTIN of 13, and a GTIN of 14 digits that begins with zero loses it. Blanks and hyphens go. A number of
    other lengths is one whose zeros a spreadsheet dropped where its check digit fits: one in ten fits by chance, so that a person has to confirm it. Numbers
    of variable measure, which hold a price or a weight, stay as they are.

    Example:
        >>> read("0 36000 29145 2", None)
        StandardValue(text='0036000291452', confidence=0.98)
        >>> read("36000291452", None)
        StandardValue(text='0036000291452', confidence=0.8)
        >>> read("4006381333932", None) is None
        True
    """
    _ = region
    digits = re.sub(r"[\s\-\u2010-\u2015]", "", _WRITTEN.sub("", unicodedata.normalize("NFKC", text).strip()))
    if not re.fullmatch(r"[0-9]{7,14}", digits) or not has_gs1_check_digit(digits) or not digits.strip("0"):
        return None
    if _IN_STORE.fullmatch(digits):
        return StandardValue(text, 1.0)
    if len(digits) not in _LENGTHS:
        return StandardValue(digits.zfill(8 if len(digits) < 8 else 13), LIKELY)
    return respelled(text, digits if len(digits) == 8 else digits.removeprefix("0").zfill(13) if len(digits) == 14 else digits.zfill(13))
