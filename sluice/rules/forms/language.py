"""Read languages: the standard form is the tag of BCP 47, such as de or pt-BR."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from sluice.rules.forms.names import LANGUAGES, codes_by_name, fold
from sluice.rules.forms.standard_value import StandardValue, respelled

_TAG = re.compile(r"[A-Za-z0-9_-]+")  # what else locales have, such as @latin, is part of no tag


def read(text: str, region: str | None) -> StandardValue | None:
    """Return the tag of a language that is named by tag or by name; None for any other text.

    Example:
        >>> [read(text, None).text for text in ("DE", "pt_br", "German", "Deutsch", "德语", "zh-hans-cn")]
        ['de', 'pt-BR', 'de', 'de', 'de', 'zh-Hans-CN']
        >>> read("Klingonese", None) is None
        True
    """
    _ = region
    written = text.strip()
    tag = (_tag(written) if _TAG.fullmatch(written) else None) or _tags().get(fold(text))
    return None if tag is None else respelled(text, tag)


def _tag(text: str) -> str | None:
    from babel.core import parse_locale

    try:
        language, territory, script, variant = parse_locale(text.replace("_", "-"), sep="-")[:4]
    except ValueError:
        return None
    if language not in _languages():
        return None
    return "-".join(part for part in (language, script, "GB" if territory == "UK" else territory, (variant or "").lower()) if part)


@lru_cache
def _languages() -> frozenset[str]:
    from babel import Locale

    return frozenset(Locale("en").languages)


@lru_cache
def _tags() -> Mapping[str, str]:
    from babel import Locale

    named = ((code, str(name)) for language in LANGUAGES for code, name in Locale.parse(language).languages.items())
    own = ((str(language), str(Locale.parse(language).display_name)) for language in LANGUAGES)
    return codes_by_name((code.replace("_", "-"), name) for code, name in [*named, *own])
