"""Read phone numbers: the standard form is E.164, such as +493012345678."""

from __future__ import annotations

import re
import unicodedata

from sluice.rules.forms.standard_value import StandardValue, respelled

_WORDS = "tel ph telephone phone mobile mob cell telefon mobil handy téléphone portable teléfono móvil telefono 电话 手机 電話 手機"
_LABEL = re.compile(rf"(?i)^(?:(?:{_WORDS.replace(' ', '|')})\b|☎)[.:\s]*")
_MORE = re.compile(r"[^\W\d_]|[;\\]")  # a name, letters that stand for digits, or a second number


def read(text: str, region: str | None) -> StandardValue | None:
    """Return a phone number as E.164; None for a text that is no valid number.

    A number without a country code is read as one of the region, and is no number where none is given. A number with an extension, or with words but
    for a label such as `Tel.:`, is left as it is: E.164 cannot hold them, and their letters are no digits.

    Args:
        text: The text.
        region: Region of numbers without a country code (ISO 3166, two letters).

    Example:
        >>> read("030 / 1234-5678", "DE")
        StandardValue(text='+493012345678', confidence=0.98)
        >>> read("030 / 1234-5678", None) is None
        True
        >>> read("+49 30 12345678 (Anna)", None)
        StandardValue(text='+49 30 12345678 (Anna)', confidence=1.0)
    """
    import phonenumbers  # the tables of all countries take 20 ms to load

    written = _LABEL.sub("", unicodedata.normalize("NFKC", text).strip())
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if number.extension or _MORE.search(written):
        return StandardValue(text, 1.0)
    return respelled(text, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
