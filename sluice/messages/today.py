"""Sentences about what happened to a dataset since a person looked last."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    "today_unread": "a file could not be read: {error}",
    "today_file_unread": "{file} could not be read: {error}",
    "today_only_held": "the only row of {file} is held",
    "today_held": Plural("held", "1 of {rows:,} rows of {file} is held", "{held:,} of {rows:,} rows of {file} are held"),
    "today_because": Plural("held", "{rows}, because {problem}", "{rows}, all because {problem}"),
    "today_most_because": Plural("rows", "{held}, 1 of them because {problem}", "{held}, most of them ({rows:,}) because {problem}"),
    "today_some_because": Plural("rows", "{held}, 1 of them because {problem}", "{held}, {rows:,} of them because {problem}"),
    "today_most_at_first": "{held}; at first {first:,} were, {rows:,} of them because {problem}",
    "today_copies": "{copies:,} of {rows:,} rows of {file} repeat rows published before",
    "today_more": Plural("batches", "1 more batch has rows held, copied or unread", "{batches:,} more batches have rows held, copied or unread"),
    "today_good": Plural(
        "batches", "1 batch was read, {rows:,} rows published, none held", "{batches:,} batches were read, {rows:,} rows published, none held"
    ),
    "today_good_tables": Plural(
        "batches",
        "1 table was read, {rows:,} rows, none held",
        "{batches:,} tables were read, each in place of the one before; the newest has {rows:,} rows, none held",
    ),
    "today_nothing": "nothing was read since {since:time} UTC",
    "today_incidents": Plural("incidents", "1 incident needs somebody: {problem}", "{incidents:,} incidents need somebody, first: {problem}"),
    "today_gate": "the gate is {state:word}: {reason}",
    "today_overridden": "{by} overrode the gate, which counts as open until {until:time} UTC: {reason}",
    "cleaner_undone": Plural(
        "repairs",
        "people undid 1 repair of {column} by {cleaner}",
        "people undid {undone:,} of {repairs:,} repairs of {column} by {cleaner}, more than {limit:.0%} are wrong: look through them "
        "(`sluice repairs list {dataset} --cleaner {cleaner} --column {column} --sample 30`), and change the cleaner",
    ),
    "today_quiet": "nothing is wrong since {since:time} UTC: every gate is open, no row that was read is held, and no incident needs anybody",
}
