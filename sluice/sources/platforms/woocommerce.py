# ruff: noqa: RUF001  # Russian is written in its own letters
"""Describe the product export of WooCommerce: headers in the language of the site, so that the values of the type decide."""

from __future__ import annotations

import polars as pl

from sluice.sources.platforms.platform import ColumnFacts, Platform, fits

_TYPES = frozenset({"simple", "variable", "variation", "grouped", "external"})
_FURTHER = frozenset({"downloadable", "virtual"})  # stand behind a type
MIN_NAMES = 3  # columns besides the ID with names of WooCommerce, in a language that is listed
MIN_WIDTH = 20  # columns of a whole export, in any language

_COLUMNS = (
    ColumnFacts(r"id|sku|artikelnummer|ugs|type|typ|name|parent|übergeordnetes produkt|gtin, upc, ean.*", "string", personal=False),
    ColumnFacts(r"тип|артикул|имя|родительский", "string", personal=False),
    ColumnFacts(r"(regular|sale) price|regulärer preis|angebotspreis|tarif régulier|tarif promo|precio normal|precio rebajado", "number"),
    ColumnFacts(r"(базовая|акционная) цена|цена распродажи", "number"),
    ColumnFacts(r"(weight|gewicht|poids|peso|вес) \((kg|g|lbs|oz|кг|г)\)", "number"),
    ColumnFacts(r"(length|width|height|länge|breite|höhe|длина|ширина|высота) \((cm|mm|m|in|yd|см|мм|м)\)", "number"),
    ColumnFacts(r"stock|lager(bestand)?|запасы", "number", empty=("parent",)),
    ColumnFacts(r"published|veröffentlicht|опубликован|position|позиция|величина малых запасов", "integer"),
    ColumnFacts(r"is featured\?|ist hervorgehoben\?|sold individually\?|nur einzeln verkaufen\?", "integer", personal=False),
    ColumnFacts(r"рекомендуемый\?|продано индивидуально\?|разрешить отзывы от клиентов\?", "integer", personal=False),
    ColumnFacts(r"allow customer reviews\?|kundenrezensionen erlauben\?|(attribute|attribut|atributo) \d+ (visible|sichtbar|global)", "integer"),
    ColumnFacts(r"видимость атрибута \d+|глобальный атрибут \d+", "integer"),
    ColumnFacts(r"categories|tags|brands|upsells|cross-sells|grouped products|shipping class|purchase note|external url|button text", "string"),
    ColumnFacts(r"kategorien|schlagwörter|marken|zusatzverkäufe|gruppierte produkte|versandklasse|catégories|étiquettes|categorías|etiquetas", "string"),
    ColumnFacts(r"категории|метки|бренды|апсэлы|апсейл|кросселы|сгруппированные товары|класс доставки|внешний url|текст кнопки", "string", personal=False),
    ColumnFacts(r".*\?|visibility in catalog|tax (status|class)|images|bilder", "string"),
    ColumnFacts(r"видимость в каталоге|статус налога|налоговый класс|наличие|изображения|примечание к покупке", "string", personal=False),
    ColumnFacts(r"attribute \d+ (name|value\(s\)|default)|attribut \d+ (name|wert\(e\)|standard)", "string", personal=False),
    ColumnFacts(r"(название|имя) атрибута \d+|(значения|значение\(-я\)) ат?трибут(ов|а\(-ов\)) \d+|атрибут \d+ по умолчанию", "string", personal=False),
)
_LISTS = (
    r"categories|tags|brands|images|upsells|cross-sells|grouped products|attribute \d+ value\(s\)",
    r"kategorien|schlagwörter|marken|bilder|zusatzverkäufe|gruppierte produkte|attribut \d+ wert\(e\)",
    r"catégories|étiquettes|images|categorías|etiquetas|imágenes",
    r"категории|метки|бренды|изображения|апсэлы|апсейл|кросселы|сгруппированные товары|(значения|значение\(-я\)) ат?трибут(ов|а\(-ов\)) \d+",
)


def _has_product_types(frame: pl.DataFrame) -> bool:
    """Return True where one of the first columns holds product types alone, and the others are those of WooCommerce or as many."""
    names = [name for name in frame.columns if not fits("id", name) and any(fits(facts.name, name) for facts in _COLUMNS)]
    return (len(names) >= MIN_NAMES or frame.width >= MIN_WIDTH) and any(_are_types(frame[name]) for name in frame.columns[1:4])


def _are_types(cells: pl.Series) -> bool:
    """Return True where each value is a type, such as `simple` or `simple, virtual`."""
    values = [{part.strip() for part in value.split(",")} for value in cells.drop_nulls().unique().head(50)]
    return bool(values) and all(parts & _TYPES and parts <= _TYPES | _FURTHER for parts in values)


TABLES = (
    Platform(
        title="a WooCommerce product export",
        headers=(("id",),),
        matches=_has_product_types,
        columns=_COLUMNS,
        key=("id",),
        mode="snapshot",
        guard=("apostrophe",),
        escaped=("(short )?description|(kurz)?beschreibung|description( courte)?|descripción( corta)?|((краткое|короткое) )?описание",),
        lists=_LISTS,
        remarks=(
            "Parent names the SKU, or id:N, of a variation's product",
            "prices have the site's decimal mark, weights a point",
            "attributes grow with the widest",
        ),
    ),
)
