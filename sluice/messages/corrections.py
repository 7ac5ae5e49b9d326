"""Right values of held rows: the sheet that a person fills in, what is read of it, and what becomes of the rows."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    # the sheet
    "sheet_name": "Held rows",
    "sheet_row": "Row id",
    "sheet_reason": "Reason",
    "sheet_file": "File",
    "sheet_place": "Row of the file",
    "sheet_right": "right value of {column}",
    "sheet_empty": "(empty)",
    "sheet_help": "How to",
    "sheet_help_fill": "Write the right value into the yellow column beside a red cell. A blank cell changes nothing; {empty} empties the cell.",
    "sheet_help_other": "For another column, add a column that is called '{header}'.",
    "sheet_help_rows": "Keep the column '{header}'. Rows may be sorted or deleted: those that are missing stay held.",
    "sheet_help_import": "Then import the file: on the page Quarantine, or by `sluice quarantine import {dataset} FILE`.",
    # what is read of it
    "sheet_without_rows": "no column is called '{header}': export the held rows again, and keep that column",
    "sheet_unreadable": "it is no spreadsheet, CSV or Parquet file that can be read ({error})",
    "sheet_encoding": "it is not encoded in UTF-8: save it as a spreadsheet, or as `CSV UTF-8`",
    "sheet_column_unknown": "the column '{header}' names no column of {dataset}{hint}",
    "sheet_without_values": "no cell of a column '{header}' is filled in: there is nothing to correct",
    "sheet_columns_twice": "the column '{header}' is there twice",
    "sheet_row_twice": "named twice in the sheet, with different right values",
    "sheet_row_blank": "without a row id",
    "sheet_row_number": "row {row} of the sheet",
    "sheet_columns_ignored": "not read, since no column is called so: {columns}",
    "sheet_cells_changed": Plural(
        "rows",
        "in 1 row, the cell of {column} itself was changed, which is not read: only '{header}' is",
        "in {rows:,} rows, the cell of {column} itself was changed, which is not read: only '{header}' is",
    ),
    "sheet_rows_read": Plural("rows", "right values of 1 row: {cells:,}", "right values of {rows:,} rows: {cells:,}"),
    "sheet_rows_blank": Plural("rows", "1 row has no right value, and stays as it is", "{rows:,} rows have no right value, and stay as they are"),
    "sheet_too_long": "{rows:,} rows do not fit into a spreadsheet, which has {limit:,}: export the rows of one reason, or a CSV or Parquet file",
    # rows to send back
    "rejects_file_unknown": "{file}: no published run read a file with these bytes; name a file that was read, as `sluice run` shows it",
    "rejects_no_file": "{dataset} reads a table, and no files",
    "rejects_none": "{file}: no row of it is held or rejected",
    "rejects_rows_differ": "{file} has {rows:,} rows, of which {read:,} were made when it was read: they cannot be told one by one",
    "rejects_characters": "{file} is in {encoding}, which has no {characters}: write another format (--to rejects.xlsx)",
    "rejects_format": "rows cannot be written as {format}: name a file that ends in {endings} (--to)",
    # what becomes of the rows
    "rows_corrected": Plural("rows", "{published:,} of 1 corrected row was published", "{published:,} of {rows:,} corrected rows were published"),
    "correction_left_out": Plural("rows", "1 row left out: {reason} ({names})", "{rows:,} rows left out: {reason} ({names})"),
    "correction_settled": "held no longer, but {state:word}",
    "correction_row_unknown": "no row of this id was ever held",
    "correction_column_unknown": "{dataset} has no column {column}",
    "correction_uncast": "the right value of {column} is not of type {type:word}",
    "correction_masked": "the right value of {column} is the mask of a personal column: write the value itself",
    "correction_digits_lost": "a spreadsheet cut the digits of the right value of {column}: write it into a cell that is formatted as text",
    "correction_fails": "{rule} still fails",
    "question_left_out": Plural("rows", "1 row would be left out", "{rows:,} rows would be left out"),
}
