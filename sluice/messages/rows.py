"""Events in the life of one row."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "life_arrived": "row {place:,} of {file}",
    "life_uncast": "{column} cannot be read as {type:word}: {text}",
    "life_repaired": "{column} was {old}, {cleaner} made it {new}",
    "life_repair_undone": "the repair of {column} by {cleaner} was undone: {old} again, not {new}",
    "life_suggested": "{cleaner} suggests {new} for {column}, now {old}",
    "life_held": "{reason} ({rule})",
    "row_outdated": "a later row of its key was published",
    "row_outdated_by_table": "a newer table was published",
    "person_listed": "the lake lists the person, and the database did not; forget the person again, since older records may hold something of theirs",
    "row_forgotten": "it is of a person who was forgotten, and not stored",
    "row_waited": "judged again: what it waited for has come",
    "life_settled": "{state:word} by {by}: {reason}",
    "life_published": "published by run {run}",
    "life_learned": "learned by {models}",
}
