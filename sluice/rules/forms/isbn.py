"""Read book numbers: the standard form is the ISBN of 13 digits without hyphens."""

from __future__ import annotations

import re
import unicodedata

from sluice.rules.forms.check_digits import has_gs1_check_digit, has_isbn10_check_digit, with_gs1_check_digit
from sluice.rules.forms.standard_value import StandardValue, respelled

_WRITTEN = re.compile(r"(?i)^isbn(?:-?1[03])?[:\s]*")


def read(text: str, region: str | None) -> StandardValue | None:
    """Return a book number of 13 digits; None for a text whose check digit is wrong, and any other text.

    Example:
        >>> read("ISBN 0-8044-2957-X", None)
        StandardValue(text='9780804429573', confidence=0.98)
        >>> read("978-0-8044-2957-4", None) is None
        True
    """
    _ = region
    number = re.sub(r"[\s\-\u2010-\u2015]", "", _WRITTEN.sub("", unicodedata.normalize("NFKC", text).strip())).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", number) and has_isbn10_check_digit(number):
        return respelled(text, with_gs1_check_digit(f"978{number[:9]}"))
    if re.fullmatch(r"97[89][0-9]{10}", number) and has_gs1_check_digit(number):
        return respelled(text, number)
    return None
