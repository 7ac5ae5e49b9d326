"""Look up the codes of countries and languages by their names in many languages (Unicode CLDR)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

LANGUAGES = (  # each a locale of CLDR
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "sv", "da", "nb", "fi", "ro", "hu", "tr", "ru", "uk", "el"),
    *("zh", "zh_Hant", "ja", "ko", "id", "ms", "vi", "th", "ar", "he_IL"),
)


def fold(text: str) -> str:
    """Return a name without case, full-width forms, dots and blanks around it.

    Example:
        >>> fold(" The  Netherlands. ")
        'the netherlands'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace(".", "").split())


def codes_by_name(names: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Return the code of each folded name; a name of several codes has none.

    Args:
        names: Pairs of code and name.
    """
    pairs = {(fold(name), code) for code, name in names}
    several = Counter(name for name, _ in pairs)
    return {name: code for name, code in pairs if several[name] == 1}
