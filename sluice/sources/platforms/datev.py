"""Describe batches of bookings for DATEV: a line about the file, then German names; the date of a booking has no year."""

from __future__ import annotations

from sluice.sources.platforms.platform import ColumnFacts, Platform

TABLES = (
    Platform(
        title="a DATEV batch of bookings",
        headers=((r"umsatz \(ohne soll/haben-kz\)", "soll/haben-kennzeichen", "konto", r"gegenkonto.*", "belegdatum"),),
        columns=(
            ColumnFacts(r"(basis-)?umsatz.*|kurs|skonto", "number"),
            ColumnFacts(r"konto|gegenkonto.*|bu-schlüssel|belegdatum|belegfeld [12]|buchungstext|soll/haben-kennzeichen|wkz .*|kost[12].*", "string"),
        ),
        no_key=True,
        mode="append",
        remarks=("Belegdatum is a day and a month, as 2611, whose year is in the first line of the file",),
    ),
)
