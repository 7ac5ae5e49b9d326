"""Describe the product export of WooCommerce: headers in the language of the site, so that the values of the type decide."""

from __future__ import annotations

import polars as pl

from sluice.sources.platforms.platform import ColumnFacts, Platform

_TYPES = frozenset({"simple", "variable", "variation", "grouped", "external", "downloadable", "virtual"})


def _has_product_types(frame: pl.DataFrame) -> bool:
    """Return True where one of the first columns holds product types alone, several of them separated by commas."""
    for name in frame.columns[1:4]:
        values = frame[name].drop_nulls().unique()
        if values.len() and all({part.strip() for part in value.split(",")} <= _TYPES for value in values.head(50)):
            return True
    return False


TABLES = (
    Platform(
        title="a WooCommerce product export",
        headers=(("id",),),
        matches=_has_product_types,
        columns=(
            ColumnFacts(r"id|sku|artikelnummer|ugs|type|typ|name|parent|übergeordnetes produkt|gtin, upc, ean.*", "string", personal=False),
            ColumnFacts(r"(regular|sale) price|regulärer preis|angebotspreis|tarif régulier|tarif promo|precio normal|precio rebajado", "number"),
            ColumnFacts(r"(weight|gewicht|poids|peso) \((kg|g|lbs|oz)\)|(length|width|height|länge|breite|höhe) \((cm|mm|m|in|yd)\)", "number"),
            ColumnFacts(r"stock|lager(bestand)?", "number", empty=("parent",)),
            ColumnFacts(r"published|veröffentlicht|position", "integer"),
            ColumnFacts(r"is featured\?|ist hervorgehoben\?|sold individually\?|nur einzeln verkaufen\?", "integer", personal=False),
            ColumnFacts(r"allow customer reviews\?|kundenrezensionen erlauben\?|(attribute|attribut|atributo) \d+ (visible|sichtbar|global)", "integer"),
            ColumnFacts(r".*\?|visibility in catalog|tax (status|class)|images|bilder", "string"),
            ColumnFacts(r"attribute \d+ (name|value\(s\)|default)|attribut \d+ (name|wert\(e\)|standard)", "string", personal=False),
        ),
        key=("id",),
        mode="snapshot",
        guard=("apostrophe",),
        note="Parent names the SKU, or id:N, of a variation's product; prices have the site's decimal mark, weights a point; attributes grow with the widest",
    ),
)
