"""Load gettext catalogues: files in text form (.po), compiled in memory."""

from __future__ import annotations

import functools
import gettext
import io
from pathlib import Path


@functools.cache
def load_translations(locales: Path, language: str) -> gettext.NullTranslations:
    """Return the translations of a language: all catalogues of its folder together.

    Args:
        locales: Folder with one folder per language, each with files `*.po`.
        language: Name of such a folder; one that does not exist has no translations, as English has none.
    """
    files = sorted((locales / language).glob("*.po")) if language.isalpha() else []
    if not files:
        return gettext.NullTranslations()
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = Catalog(locale=language, charset="utf-8")
    for path in files:
        with path.open("rb") as file:
            for entry in read_po(file, locale=language):
                if entry.id:
                    merged.add(entry.id, entry.string, context=entry.context)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return _Translations(compiled)


class _Translations(gettext.GNUTranslations):
    """Leave an empty text empty: catalogues have their header under it."""

    def gettext(self, message: str) -> str:
        return super().gettext(message) if message else ""
