"""Read countries: the standard form is the code of two letters (ISO 3166-1), such as DE."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sluice.rules.forms.names import LANGUAGES, codes_by_name, fold
from sluice.rules.forms.standard_value import StandardValue, respelled

_OFTEN = {"usa": "US", "america": "US", "england": "GB", "great britain": "GB", "uae": "AE", "holland": "NL", "中华人民共和国": "CN", "korea": "KR"} | {
    "united states of america": "US",
    "turkey": "TR",
    "hong kong": "HK",
    "macau": "MO",
    "macedonia": "MK",
    "palestine": "PS",
}
_SEVERAL = frozenset({"congo"})  # names of more than one country
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})  # groups of countries, and codes for tests


def read(text: str, region: str | None) -> StandardValue | None:
    """Return the code of a country that is named by code or by name; None for any other text.

    Codes of two and three letters and of three digits are read, and names in thirty languages.

    Example:
        >>> [read(text, None).text for text in ("de", "DEU", "Deutschland", "Allemagne", "德国")]
        ['DE', 'DE', 'DE', 'DE', 'DE']
        >>> read("Atlantis", None) is None
        True
    """
    _ = region
    code = _codes().get(fold(text))
    return None if code is None else respelled(text, code)


@lru_cache
def _codes() -> Mapping[str, str]:
    from babel import Locale
    from babel.core import get_global

    codes = (str(code) for code in Locale("en").territories)
    countries = {code for code in codes if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES}
    named = ((str(code), str(name)) for language in LANGUAGES for code, name in Locale.parse(language).territories.items() if code in countries)
    other = {fold(alias): codes[0] for alias, codes in get_global("territory_aliases").items() if _is_used(alias) and len(codes) == 1 and codes[0] in countries}
    read = {**codes_by_name(named), **other, **{fold(code): code for code in countries}, **_OFTEN}
    return {name: code for name, code in read.items() if name not in _SEVERAL}


def _is_used(alias: str) -> bool:
    """Return whether an alias is no withdrawn code of two letters: MI was Midway, and is a state in the cells of today."""
    return len(alias) > 2 or alias == "UK"
