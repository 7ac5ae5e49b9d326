"""Tell what kind of values a text column holds, by its name and by the forms of its values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import polars as pl

Kind = Literal["empty", "markup", "structured", "link", "measure", "code", "text", "words"]
VALUE, COUNT = "value", "count"

_SAMPLE = 5_000  # distinct values from which a kind is told, the most frequent first
_ALL = 0.99
_MOST = 0.8  # share of the distinct values that must have a form
_MAX_DISTINCT = 0.5  # distinct values per row from which a column is free text
_CODE_NAME = re.compile(
    r"(^|_)(id|ids|uid|uuid|guid|key|sku|asin|gtin|ean|upc|isbn|issn|mpn|code|codes|no|nr|num|number|nummer|phone|telephone|tel|fax|zip|zipcode|postcode|postal|plz"
    r"|hash|token|session|ip|handle|slug|barcode|invoice|order|ref|reference|serial|version|iban|vat)($|_)"
)
_LINK_NAME = re.compile(r"(^|_)(url|urls|uri|link|links|href|image|images|img|picture|photo|thumbnail|path|file|filename|email|mail|website)($|_)")
_LINK = (
    r"^\s*(?:[a-zA-Z][a-zA-Z0-9+.-]*://|www\.|//|data:|mailto:)|^\S+@\S+\.\S+$|^\S*(?:[/\\]\S*){2,}$"
    r"|^\S+\.(?:jpe?g|png|gif|webp|svg|bmp|pdf|html?|php|aspx?|mp[34]|csv|zip)(?:\?\S*)?$"
)
_STRUCTURED = r"(?s)^\s*(?:\{.*\}|\[.*\])\s*$"
TAG = r"(?i)</[a-z][a-z0-9]*\s*>|<(?:br|hr|p|b|i|u|a|ul|ol|li|dl|div|span|strong|em|img|font|table|tr|td|h[1-6])(?:\s[^<>]*)?/?>"
_MEASURE = r"^[^\p{L}\d]{0,3}\p{Lu}{0,3}[^\p{L}\d]{0,3}\d[\d.,:/'\s+-]*(?:[^\p{L}\d]*\p{L}[\p{L}.]{0,9})?[^\p{L}\d]{0,2}$|\b\d{1,2}:\d{2}"
_LONG_NUMBER = r"^\d{8,}$"
_CODE = r"^\S*\d\S*$|^[a-z0-9]+(?:[-_][a-z0-9]+)+$|^[A-Z0-9]+(?:[-_][A-Z0-9]+)+$"


def kind_of(name: str, counts: pl.DataFrame) -> Kind:
    """Return what the values of a text column are, by its name and by the forms of its distinct values.

    `words` are values that occur again and again: brands, categories, cities. `text` differs from row to row, `code` identifies,
    `measure` is a number or a time, with or without a unit.

    Args:
        name: Name of the column.
        counts: Its values, as `count_values` returns them.

    Example:
        >>> kind_of("brand", pl.DataFrame({"value": ["Tarn", "Lumen"], "count": [40, 30]}))
        'words'
        >>> kind_of("handle", pl.DataFrame({"value": ["mug-birch", "rug-cedar"], "count": [4, 4]}))
        'code'
    """
    if counts.is_empty():
        return "empty"
    values, column = counts[VALUE].head(_SAMPLE), _snake_case(name)
    is_text = counts.height > _MAX_DISTINCT * int(counts[COUNT].sum())
    forms: Mapping[Kind, bool] = {
        "markup": _share(values, TAG) > 1 - _ALL,
        "structured": _share(values, _STRUCTURED) > 1 - _MOST,
        "link": bool(_LINK_NAME.search(column)) or _share(values, _LINK) > 1 / 2,
        "code": bool(_CODE_NAME.search(column)) or _share(values, _LONG_NUMBER) >= _MOST,
        "measure": _share(values, _MEASURE) >= _MOST,
    }
    unnamed: Kind = "code" if _share(values, _CODE) >= _MOST else "text" if is_text else "words"
    return next((kind for kind, has_form in forms.items() if has_form), unnamed)


def _share(values: pl.Series, pattern: str) -> float:
    return int(values.str.contains(pattern).sum()) / values.len()


def _snake_case(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower())
