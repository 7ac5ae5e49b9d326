"""Templates of why a rule is suggested."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    # cells that are filled
    "suggested_identity": "identifies or dates a row; never empty in {rows:,} rows",
    "suggested_filled": "never empty in {rows:,} rows",
    "suggested_empty": "empty in {empty:,} of {rows:,} rows",
    "suggested_kinds": "filled for {kinds} ({filled:,} of {rows:,} rows)",
    # numbers
    "suggested_scale": "a scale of {top:g}; {low:g} to {high:g} in {rows:,} rows",
    "suggested_range": "{low:,.4g} to {high:,.4g} in {rows:,} rows, whose extremes cover {covered:.1%} at 95 % confidence; a margin is added at both ends",
    "suggested_beyond": Plural("beyond", "1 row has {least:,.4g}", "{beyond:,} rows have other values, {least:,.4g} to {greatest:,.4g}"),
    "suggested_recurring": Plural("recurring", "1 value recurs outside", "{recurring:,} recur outside"),
    "suggested_median": "the median is {median:,.4g}; {ratio:.2g} times more or less points at a changed unit",
    # texts
    "suggested_set": "{values} values make up {share:.2%} of {rows:,} rows; the chance of a new one is at most {chance:.2%} a row (Good-Turing)",
    "suggested_pattern": "{pattern:word} in {share:.2%} of {rows:,} rows",
    # times
    "suggested_not_in_future": "zones differ by hours and clocks by minutes; nothing happened a day from now",
    "suggested_earliest": "{earlier:,} of {rows:,} times are before 1990: counts since 1970 in another unit are read as such times",
    "suggested_past": "the name says that it has happened",
    "suggested_fresh": "a batch of old rows alone is a batch sent again",
    "suggested_order": "so in {ordered:,} of {rows:,} rows",
    # keys and references
    "suggested_key": "the key, never repeated in {rows:,} rows",
    "suggested_second_key": "never repeated in {rows:,} rows",
    "suggested_different_rows": "no two of {rows:,} rows are equal",
    "suggested_key_repeated": "the key; {repeats:,} of {rows:,} rows repeat another",
    "suggested_key_contradicted": "the key; {repeats:,} of {rows:,} rows repeat the key of another row, with other cells",
    "suggested_across": "what was published within {window} comes again",
    "suggested_reference": "{share:.2%} of {values:,} values exist there",
    "suggested_agreement": "{share:.2%} of the joined rows agree",
    # counts of rows
    "suggested_weekday_rows": "a batch of half the usual size is a batch of which half is missing",
    "suggested_rows": "{rows:,} rows now",
    # rules of the suite
    "proposed_change": "the present limits were true in {passed:,} of {batches:,}",
    "proposed_holding": "at 95 % confidence, it would hold at most {share:.3%} of right rows",
}
