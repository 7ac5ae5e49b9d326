"""Describe listing files of Amazon's sellers: rows under the line of attribute names; parents have neither price nor quantity."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

_PATH = r"(\[[^\]]*\])*#1\.value"

TABLES = (
    Platform(
        title="an Amazon listing file",
        headers=(("item_sku", "item_name", "parent_child|parentage|variation_theme|external_product_id"), (f"contribution_sku{_PATH}", f"item_name{_PATH}")),
        columns=(
            ColumnFacts(
                rf"(item_sku|contribution_sku|parent_sku|.*child_parent_sku.*parent_sku|item_name|brand_name|brand)({_PATH})?", "string", personal=False
            ),
            ColumnFacts(rf"(external_product_id|externally_assigned_product_identifier.*|model|part_number|.*image.*)({_PATH})?", "string", personal=False),
            ColumnFacts(rf"(size|color|colour|style|material|pattern)(_name|_map|_type)?({_PATH})?|manufacturer({_PATH})?|.*keywords.*", "string"),
            ColumnFacts(r"(standard_price|list_price|sale_price|purchasable_offer.*value_with_tax.*|list_price.*value.*)", "number"),
            ColumnFacts(r"(quantity|fulfillment_availability.*quantity.*)", "integer"),
        ),
        key=(rf"(item_sku|contribution_sku)({_PATH})?",),
        mode="snapshot",
        remarks=(
            "parent_sku names the parent of a variant",
            "parents may have neither price nor quantity nor an id",
        ),
    ),
)
