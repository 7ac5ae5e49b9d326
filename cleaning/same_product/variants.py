"""Tell variants of a product, such as another size or colour, from the same product listed twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sluice.domain.units import UNITS

_MEASURE = re.compile(r"(?<![\w.,/])(\d+(?:[.,]\d+)?)(?:\s|-)?([^\W\d_]+|\"|\u2033|'(?!')|'')(?!\w)")
_PAIR = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)?(?:\s?[/x\u00d7*]\s?\d+(?:[.,]\d+)?){1,2}(?![\w])")
_SIZE = re.compile(r"(?<!['\u2019\w])(?<!\d )(?<!\d-)(?:x{1,3}s|s|m|l|x{1,3}l|[2-6]xl)(?!\w)")
_COUNTED: Mapping[str, str] = {
    "storage and power": "gb tb mb ghz mhz hz w watt v volt mah",
    "pieces": "pack packs pcs pc pieces piece count ct st stk stück 片 件 个 包 瓶",
    "licences": "users user licenses license",
}
_WORDS: Mapping[str, str] = {  # language -> its colours
    "en": "black white red blue green yellow orange purple violet pink brown gray grey silver gold beige navy turquoise teal olive ivory cream maroon "
    "burgundy charcoal bronze copper titanium platinum plum moss sage mustard graphite terracotta rosé",
    "de": "schwarz weiss weiß rot blau grün gelb lila rosa braun grau silber",
    "fr": "noir noire blanc blanche rouge bleu bleue vert verte jaune gris grise argent",
    "es": "negro negra blanco blanca rojo roja azul verde amarillo amarilla",
    "it": "nero bianco rosso blu giallo grigio",
    "nl": "zwart wit rood blauw groen geel grijs",
    "pt": "preto branco vermelho amarelo cinza",
}
_SAME = {"grey": "gray", "weiß": "weiss", "noire": "noir", "blanche": "blanc", "verte": "vert", "grise": "gris", "bleue": "bleu"}
_COLOURS = {colour: _SAME.get(colour, colour) for words in _WORDS.values() for colour in words.split()}
_UNITS_OF_COUNT = frozenset(unit for units in _COUNTED.values() for unit in units.split())
_CJK_COLOUR = re.compile("[黑白红紅蓝藍绿綠黄黃橙紫粉灰银銀棕](?=色|$)|[黑白红紅蓝藍绿綠黄黃橙紫粉灰银銀棕金]色")


def are_variants(one: str, other: str) -> bool:
    """Return True where two titles each name a colour, a size or a measure of one kind that the other does not.

    Args:
        one: Title in lower case.
        other: Title in lower case.

    Example:
        >>> are_variants("tarn pannier 12 l, plum", "tarn pannier 20 l, plum"), are_variants("canvas pannier, plum", "canvas pannier 12 l")
        (True, False)
        >>> are_variants("juice 1 l", "juice 1000 ml"), are_variants("shirt s blue", "shirt s navy"), are_variants("衬衫 红色", "衬衫 蓝色")
        (False, True, True)
        >>> are_variants("terracotta pot, sage", "terracotta pot, plum")  # the colour that both name is a material
        True
    """
    first, second = _kinds(one), _kinds(other)
    return any(first[kind] - second[kind] and second[kind] - first[kind] for kind in first.keys() & second.keys())


def _kinds(title: str) -> dict[str, set[str]]:
    """Return what a title names of each kind of difference."""
    kinds: dict[str, set[str]] = {}
    for kind, value in (*_words(title), *_measures(title)):
        kinds.setdefault(kind, set()).add(value)
    return kinds


def _words(title: str) -> Iterator[tuple[str, str]]:
    yield from (("colour", _COLOURS[word]) for word in re.findall(r"[^\W_]+", title) if word in _COLOURS)
    yield from (("colour", colour[0]) for colour in _CJK_COLOUR.findall(title))
    yield from (("size", size) for size in _SIZE.findall(title))


def _measures(title: str) -> Iterator[tuple[str, str]]:
    yield from (("pair", re.sub(r"[\sx\u00d7*/]+", "x", pair)) for pair in _PAIR.findall(title))
    for number, unit in _MEASURE.findall(title):
        amount = float(number.replace(",", "."))
        if unit in _UNITS_OF_COUNT:
            yield unit, f"{amount:g}"
        elif unit in UNITS:
            quantity, size = UNITS[unit]
            yield quantity, f"{amount * size:.3g}"
