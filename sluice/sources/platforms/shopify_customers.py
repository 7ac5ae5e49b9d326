"""Describe the customer export of Shopify: one row for each customer, with the default address."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="a Shopify customer export",
        headers=(("first name", "last name", "email", "total spent", "total orders"),),
        columns=(
            ColumnFacts(r"first name|last name|email|.*phone|note|company|address[12]|city|zip", "string", personal=True),
            ColumnFacts(r"default address (company|address[12]|city|zip)", "string", personal=True),
            ColumnFacts(r"(default address )?(province|country)( code)?|tags", "string", personal=False),
            ColumnFacts(r"customer id", "string"),
            ColumnFacts(r"total spent", "number"),
            ColumnFacts(r"total orders", "integer"),
            ColumnFacts(r"accepts (email |sms |whatsapp )?marketing|tax exempt", "boolean"),
        ),
        key=("customer id",),
        mode="snapshot",
        guard=("apostrophe",),
        remarks=(
            "Total Spent is in the currency of the shop",
            "exports before 2024 have no Customer ID, and so no key",
        ),
    ),
)
