"""Describe import files of PrestaShop: names with help in brackets, and an asterisk behind required ones."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

_PRODUCT = r"(product )?id ?\*?"
_NUMBERS = ColumnFacts(
    r"(price tax (excluded|included)|wholesale price|impact on (price|weight)|cost price|ecotax|discount (amount|percent)|width|height|depth|weight).*",
    "number",
)
_TEXTS = ColumnFacts(
    r"(name|categories|reference|supplier.*|manufacturer.*|brand|ean.?13|upc|isbn|mpn|tags|url rewritten|.*image urls?|attribute|value|visibility).*", "string"
)
_FLAGS = ColumnFacts(r".*\(0(/1| = no, 1 = yes)\)", "boolean")
_DATES = ColumnFacts(r"(discount (from|to)|product available date|product creation date|combination available date).*", "date", empty=("0000-00-00",))

TABLES = (
    Platform(
        title="a PrestaShop product file",
        headers=((_PRODUCT, r"active \(0/1\)", r"name ?\*?", r"categories \(x,y,z.*"),),
        columns=(ColumnFacts(_PRODUCT, "string"), _FLAGS, _DATES, _NUMBERS, _TEXTS, ColumnFacts(r"(quantity|minimal quantity).*", "integer")),
        key=(_PRODUCT,),
        mode="snapshot",
        remarks=("the date on which a product becomes available is no time of an event",),
    ),
    Platform(
        title="a PrestaShop combinations file",
        headers=((r"product id ?\*?", r"attribute \(name:type:position\) ?\*?", r"value \(value:position\) ?\*?"),),
        columns=(ColumnFacts(r"product id ?\*?", "string"), _FLAGS, _DATES, _NUMBERS, _TEXTS, ColumnFacts(r"(quantity|minimal quantity).*", "integer")),
        key=(r"product id ?\*?", r"attribute \(name:type:position\) ?\*?", r"value \(value:position\) ?\*?"),
        mode="snapshot",
        remarks=(
            "the product and the values of its attributes name a combination",
            "an impact on the price is a difference, and may be negative",
        ),
    ),
)
