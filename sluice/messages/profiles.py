"""Differences of a column between two batches."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    "profile_nulls": "{before:.1%} of the rows had no value, now {after:.1%}",
    "profile_empty": "{before:.1%} of the values were empty texts, now {after:.1%}",
    "profile_distinct": "{before:,} distinct values, now {after:,}",
    "profile_values": Plural("values", "the share of a frequent value moved", "the shares of frequent values moved"),
    "profile_patterns": Plural("values", "the share of a pattern moved", "the shares of patterns moved"),
    "profile_quantiles": "about {before:.0%} of the values were up to {value}, now about {after:.0%}",
    "profile_lengths": "about {before:.0%} of the texts had up to {value:.0f} characters, now about {after:.0%}",
    "profile_columns_of_one": Plural("count", "only batch {run} has the column {columns}", "only batch {run} has the columns {columns}"),
    "profile_types": "the type of {column} was {before}, now {after}; its values are not compared",
}
