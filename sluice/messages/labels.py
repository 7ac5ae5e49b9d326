"""Templates of what is said about labels of rows."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "labels_unreadable": "{file} cannot be read as CSV in UTF-8: {error}; correct it, or use another file",
    "labels_without_columns": "{file} holds no labels: it lacks one of the columns {columns}; use another file",
    "labels_unwritable": "{file} cannot be written: {error}; use another file, or allow this user to write there",
}
