"""Reasons of rows that cleaners hold, and of cells that they change."""

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
    "moved_key": "the key ({columns}) is that of one published row, the cells are those of another",
    "moved_key_of": "the cells are those of row {row}, the key ({columns}) is that of another row",
    "other_row": "no text in common with the published row of the same key ({columns}), which it replaces: another row whose key was cut?",
    "other_row_of": "no text in common with row {row}, which it replaces under the same key ({columns}): another row whose key was cut?",
    "overlap_is_sure": "a file repeats no row of an earlier file",
    "overlap_undecided": "{rows:,} rows equal earlier ones, by chance or since they were exported again; all are published. If rows have a key, declare `key`",
    "near_duplicate": "the same event ({columns}) occurred a moment before",
    "near_duplicate_of": "the same event ({columns}) as row {row}, within a moment",
    "listed_twice": "the same product is listed in another row",
    "listed_twice_of": "the same product as in row {row}",
    # text
    "null_marker": "a word for a missing value",
    "spreadsheet_artefact": "what a spreadsheet writes around a text was removed",
    "mojibake_decoded": "mojibake decoded",
    "html_entities_decoded": "HTML entities decoded",
    "unicode_composed": "Unicode form normalized",
    "blanks_normalized": "blanks normalized",
    "code_lost_digits": "a spreadsheet wrote a code as a rounded number; its digits are lost",
    # values that other columns or rows determine
    "filled_by_determinant": "missing; filled from the rows with the same {columns}",
    "typo_of_determined": "a typo of the value that its {columns} determines",
    "malformed_code": "does not have the form of the column; its {columns} determines the code that it resembles",
    "differs_from_determined": "differs from the value that its {columns} determines",
    "slip_of_frequent": "a slip of the fingers in a frequent word",
    "filled_by_sources": "missing; filled with the value on which the sources agree",
    "differs_from_sources": "differs from the value on which the sources agree",
    "wrong_by_labels": "wrong, as labelled rows teach",
    "mapped_value": "another spelling; a person decided on this one",
    "standard_form": "the standard form of a {form}",
    "imputed": "missing; imputed with the {strategy}",
    "currency_converted": "converted from {currency} to {to}",
    "filled_from_dataset": "missing; filled from {dataset}",
    "differs_from_dataset": "differs from {dataset}",
    "off_by_factor": "off by a factor of {factor:g}",
    "column_off_by_factor": "most of the column is off by a factor of {factor:g}",
    "columns_swapped": "{first} and {second} are swapped",
    "value_of_other_column": "the value belongs into {target} and stands in {source}",
    "user_of_group": "a single event of another user among those with the same {column}",
    # times
    "session_shifted": "all times of the session are off by the same offset",
    "time_after_receipt": "the time is later than the time of receipt",
    "time_off_session": "the time is off from the rest of its session",
    # numbers, times and truth values
    "parsed_truth_value": "a word for yes or no",
    "parsed_epoch": "seconds since 1970",
    "parsed_date": "another date format",
    "parsed_time": "another date and time format",
    "parsed_number": "written in another number format",
    "unit_shared_by_column": "the unit that the cells of the column share stands beside the number",
    "unit_of_column": "the unit of the column stands beside the number",
    "unit_converted": "converted to {unit}",
    "currency_beside_number": "a currency stands beside the number",
    "currency_of_column": "the currency of the column stands beside the number",
    "currency_of_another": "another currency than that of the column",
    "percent_sign": "a percent sign stands beside the number",
    "percentage_as_share": "a percentage as a share",
    # the check of all repairs
    "repair_does_not_cast": "not repaired: the new value would not cast to the type of the column",
    "repair_not_finite": "not repaired: the new value would not be a finite number",
    "repair_loses_digits": "not repaired: the new number would not have all digits of the text",
    "repair_changes_day": "not repaired: the new time would not have the day and the year of the text",
}
