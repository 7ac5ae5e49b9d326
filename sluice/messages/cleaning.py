"""Reasons of rows that cleaners hold."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    # duplicates
    "column_needed": "a column is missing: {columns}",
    "duplicate_key": "the same key ({columns}) and content arrived before",
    "duplicate_key_of": "the same key ({columns}) and content as row {row}",
    "conflicting_key": "the same key ({columns}) arrived with other content",
    "conflicting_key_of": "the key ({columns}) of row {row}, with other content",
    "near_duplicate": "the same event ({columns}) occurred a moment before",
    "near_duplicate_of": "the same event ({columns}) as row {row}, within a moment",
    "listed_twice": "the same product is listed in another row",
    "listed_twice_of": "the same product as in row {row}",
}
