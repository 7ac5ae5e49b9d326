"""Read the names of months in English, German, French, Spanish and Italian."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = (
    "jan january januar jänner janvier janv ene enero gennaio genn gen",
    "feb february februar févr fév février febrero febbraio febbr",
    "mar march mär märz mrz mars marzo",
    "apr april avr avril abr abril aprile",
    "may mai mayo maggio magg",
    "jun june juni juin junio giugno giu",
    "jul july juli juil juillet julio luglio lug",
    "aug august août aoû ago agosto",
    "sep sept september septembre septiembre settembre sett set",
    "oct october okt oktober octobre octubre ottobre ott",
    "nov november novembre noviembre",
    "dec december dez dezember déc décembre dic diciembre dicembre",
)
MONTHS: Mapping[str, int] = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split()}
"""Number of the month by its name or abbreviation, in lower case and without a point."""
