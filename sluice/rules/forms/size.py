"""Read sizes of clothes: the standard form is a letter size such as XL, or a number with its system such as EU 42."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from sluice.rules.forms.standard_value import StandardValue, respelled

_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("s", "small", "klein", "petit", "pequeño", "小", "小码", "小号"), "S"),
    **dict.fromkeys(("m", "medium", "med", "mittel", "moyen", "mediano", "中", "中码", "中号"), "M"),
    **dict.fromkeys(("l", "large", "groß", "gross", "grand", "grande", "大", "大码", "大号"), "L"),
    **dict.fromkeys(("one size", "onesize", "os", "one size fits all", "einheitsgröße", "taille unique", "talla única", "均码"), "ONE SIZE"),
}
_EXTRA = re.compile(r"(?P<many>(?:extra|x)(?:[\s-]*(?:extra|x))*|(?P<times>[2-9])[\s-]*x)[\s-]*(?P<base>s|l|small|large)")
_SYSTEM = re.compile(r"(?P<system>eu|eur|uk|us|fr|it|de|cn|jp)[\s:.-]*(?P<number>\d{1,3}(?:[.,]5)?)")


def read(text: str, region: str | None) -> StandardValue | None:
    """Return a size in its standard form; None for any other text, such as a bare number, whose system is not known.

    Example:
        >>> [read(text, None).text for text in ("x-large", "2XL", "XXL", "Medium", "eu42", "均码")]
        ['XL', 'XXL', 'XXL', 'M', 'EU 42', 'ONE SIZE']
        >>> read("42", None) is None
        True
    """
    _ = region
    written = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    standard = _WORDS.get(written) or _extra(written) or _numbered(written)
    return None if standard is None else respelled(text, standard)


def _extra(written: str) -> str | None:
    """Return XS, XL, XXL, 3XL and so on."""
    match = _EXTRA.fullmatch(written)
    if match is None:
        return None
    count = int(match["times"]) if match["times"] else len(re.findall(r"extra|x", match["many"]))
    base = match["base"][0].upper()
    return f"{'X' * count if count <= 2 else f'{count}X'}{base}" if count else None


def _numbered(written: str) -> str | None:
    match = _SYSTEM.fullmatch(written)
    return None if match is None else f"{match['system'].upper()[:2]} {match['number'].replace(',', '.')}"
