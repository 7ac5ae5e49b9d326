"""Read values that have a standard written form, such as phone numbers, countries and GTINs.

A form is one file with a function `read`, plus one line in `FORMS`. Its module is imported when a configuration names the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import TypeAlias

from sluice.rules.forms.standard_value import StandardValue

__all__ = ["FORMS", "REGIONAL", "StandardValue", "standard_value"]

ReadForm: TypeAlias = Callable[[str, str | None], StandardValue | None]

FORMS: Mapping[str, str] = {
    "colour": "sluice.rules.forms.colour",
    "country": "sluice.rules.forms.country",
    "email": "sluice.rules.forms.email",
    "gtin": "sluice.rules.forms.gtin",
    "isbn": "sluice.rules.forms.isbn",
    "language": "sluice.rules.forms.language",
    "phone": "sluice.rules.forms.phone",
    "size": "sluice.rules.forms.size",
    "url": "sluice.rules.forms.url",
}
REGIONAL = frozenset({"phone"})  # forms whose reading depends on a region


def standard_value(form: str, text: str, region: str | None = None) -> StandardValue | None:
    """Return the standard form of a text; None where the text is no value of the form.

    Args:
        form: Name of the form, a key of `FORMS`.
        text: The text.
        region: Region that numbers without a country code belong to (ISO 3166, two letters).

    Example:
        >>> standard_value("country", "Deutschland")
        StandardValue(text='DE', confidence=0.98)
        >>> standard_value("gtin", "4006381333932") is None  # its check digit is wrong
        True
    """
    return _reader(form)(text, region)


@lru_cache
def _reader(form: str) -> ReadForm:
    read: ReadForm = import_module(FORMS[form]).read
    return read
