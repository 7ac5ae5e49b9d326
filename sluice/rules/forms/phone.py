"""Read phone numbers: the standard form is E.164, such as +493012345678."""

from __future__ import annotations

import unicodedata

from sluice.rules.forms.standard_value import StandardValue, respelled


def read(text: str, region: str | None) -> StandardValue | None:
    """Return a phone number as E.164; None for a text that is no valid number.

    A number without a country code is read as one of the region, and is no number where none is given. An extension is part of a number that E.164 cannot
    hold, so that such a number is left as it is.

    Args:
        text: The text.
        region: Region of numbers without a country code (ISO 3166, two letters).

    Example:
        >>> read("030 / 1234-5678", "DE")
        StandardValue(text='+493012345678', confidence=0.98)
        >>> read("030 / 1234-5678", None) is None
        True
    """
    import phonenumbers  # the tables of all countries take 20 ms to load

    written = unicodedata.normalize("NFKC", text).strip()
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if number.extension:
        return StandardValue(text, 1.0)
    return respelled(text, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
