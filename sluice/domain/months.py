"""Read the names of months in English, German, French, Spanish, Italian, Portuguese, Dutch, Indonesian and the Nordic languages."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = (
    "jan january januar jänner janvier janv ene enero gennaio genn gen janeiro januari",
    "feb february februar févr fév février febrero febbraio febbr fev fevereiro februari",
    "mar march mär märz mrz mars marzo março maart mrt maret marts",
    "apr april avr avril abr abril aprile",
    "may mai mayo maggio magg maio mei maj",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juil juillet julio luglio lug julho",
    "aug august août aoû ago agosto augustus augusti agustus agt",
    "sep sept september septembre septiembre settembre sett set setembro",
    "oct october okt oktober octobre octubre ottobre ott out outubro",
    "nov november novembre noviembre novembro nopember",
    "dec december dez dezember déc décembre dic diciembre dicembre dezembro desember des",
)
MONTHS: Mapping[str, int] = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split()}
"""Number of the month by its name or abbreviation, in lower case and without a point."""
