"""Say in words why a cell looks wrong, and what stands in the rows that it is compared with."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.i18n.language import ntr, tr
from sluice.domain import Suspect, ValueGroup


def sign_names() -> Mapping[str, str]:
    """Return the names of the signs of an error in the reader's language, by code."""
    return {
        "missing_word": tr("a word for a missing value"),
        "rarely_empty": tr("rarely empty"),
        "encoding": tr("damaged characters"),
        "unit": tr("with a unit"),
        "determined": tr("empty where other rows say it"),
        "near_duplicate": tr("nearly another value"),
        "form": tr("a rare form"),
        "spelling": tr("written in another way"),
        "number": tr("far from other numbers"),
        "characters": tr("rare characters"),
        "dependency": tr("rows like it say otherwise"),
        "sources": tr("sources disagree"),
        "misplaced": tr("fits another column"),
    }


def signs_text(suspect: Suspect) -> str:
    """Return the signs of a suspect; one without a name stays as it is."""
    names = sign_names()
    return ", ".join(names.get(sign, sign.replace("_", " ")) for sign in suspect.signs)


def group_text(group: ValueGroup) -> str:
    """Return which values the rows have that a cell is compared with, and how often."""
    values = " · ".join(f"{quoted(value)} {count:,}" for value, count in group.values)
    if not group.where:
        return ntr("{count} row: {values}", "all {count} rows: {values}", group.rows, values=values)
    where = ", ".join(f"{name} {quoted(value)}" for name, value in group.where.items())
    return ntr("{count} row with {where}: {values}", "{count} rows with {where}: {values}", group.rows, where=where, values=values)


def quoted(value: str) -> str:
    """Return a value in quotes, which show blanks at its ends; an empty one in words."""
    return f"'{value}'" if value else tr("empty")
