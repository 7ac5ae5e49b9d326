"""Errors of arrivals that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    "names_more": " and {more:,} more",
    "files_unmatched": Plural(
        "files",
        "no dataset takes 1 file: {names}{more}; widen the `files` of a dataset, add a dataset for them, or move them elsewhere",
        "no dataset takes {files:,} files: {names}{more}; widen the `files` of a dataset, add a dataset for them, or move them elsewhere",
    ),
    "files_unread": Plural(
        "files",
        "1 file could not be read; mend the cause and run `sluice run --retry-failed`, or send a corrected file: {reasons}",
        "{files:,} files could not be read; mend the cause and run `sluice run --retry-failed`, or send a corrected file: {reasons}",
    ),
    "rows_read": "{dataset}: types and rules are from {read:,} of {rows:,} rows; key, mode and references are checked on all of them",
    "rows_read_partly": (
        "{dataset}: types and rules are from {read:,} of {rows:,} rows; "
        "key, mode and references are checked on all of them but those of {files}, which cannot be read whole"
    ),
    "columns_unguarded": "{dataset}: nothing guards the values of {columns}{more}; after the first run, `sluice guarded {dataset}` measures what is found",
    "file_utf16": "{file}: is UTF-16; set `encoding: utf-16` for this source, or save it as UTF-8",
    "file_empty": "{file}: is empty; send it again, with a header even where there are no rows",
    "file_binary": "{file}: byte {byte:,} is NUL, so it is no plain text (UTF-16, or binary?); save it as UTF-8, or set `encoding: utf-16-le`",
    "file_not_utf8": "{file}: line {line:,}: byte {byte:,} is not UTF-8; set `encoding:` for this source (cp1252, or [utf-8, cp1252]), or save it as UTF-8",
    "file_not_in_encoding": "{file}: line {line:,}: byte {byte:,} is not {encoding}; set `encoding:` for this source to the file's encoding",
    "file_is_utf8": "{file}: is UTF-8, and not {encoding}; leave out `encoding:` for this source, or write `encoding: [utf-8, {encoding}]` where files differ",
    "file_format_unknown": "{file}: its ending and first bytes are of no known format; set `format:` to csv, json, jsonl, parquet, xml, excel or delta",
    "file_too_large": "{file}: has {size:,} bytes, more than {limit:,}; raise limits.file or send smaller files",
    "file_unpacks_too_large": "{file}: holds more than {limit:,} bytes once unpacked; raise limits.unpacked or send smaller files",
    "column_uncastable": "{file}: the column {column} ({kind}) cannot be read as {type:word} ({error}); declare another type for it, or none",
    "engine_failed": "the cluster at {remote} did not evaluate the parts and the batch waits: {error}",
    "engine_without_address": "`engine: spark` has no address of a cluster: set spark.remote, or SPARK_REMOTE in the environment",
    "batch_undivided": "{file}: of its {rows:,} rows about {fit:,} fit into {gib:.1f} GiB, and it is evaluated as a whole, since {steps} must see all rows"
    " at once; raise limits.memory, send smaller files, or leave that out",
    "file_zip_members": "{file}: is an archive of {members:,} files; send each by itself, plain or compressed",
    "file_is_spreadsheet": "{file}: is a spreadsheet, not text; declare `format: excel` for this source, or save the sheet as CSV",
    "file_zip_encrypted": "{file}: is an archive with a password; send it without one",
    "file_of_the_future": "{file} is of {day}, which has not come yet; rename it, or run `sluice run --retry-failed` then",
    "file_older_than_snapshot": "{file}: is older than the snapshot of {newest:time}, which is published and stays",
    "file_gone": "{file}: is not there any more; send it again",
    "file_forbidden": "{file}: may not be read; give the user that runs Sluice the right to read it",
    "file_is_folder": "{file}: is a folder, not a file",
    "file_cut_short": "{file}: ends too early, as when a transfer was cut short; send it again",
    "file_compression_damaged": "{file}: is damaged (its compressed bytes do not fit together); send it again",
    "file_damaged": "{file}: cannot be read to its end: it is damaged, cut short or not in the declared format; send it again",
    "file_type_not_read": "{file}: has a column of a type that is not read, such as a decimal of more than 38 digits; write it as text",
    "file_nested_too_deeply": "{file}: is nested too deeply",
    "file_out_of_memory": "{file}: needs more memory than there is; send smaller files",
    "file_without_content": "{file}: is empty; send it again",
    "file_columns_repeat": "{file}: has two columns of the same name; rename one",
    "file_not_read": "{file}: cannot be read ({error}); is it in the declared format? Send it again",
    "cell_too_large": "{file}: line {line:,}: a cell has more than {limit:,} bytes; is a quote left open? If not, raise limits.cell",
    "columns_too_many": "{file}: more than {limit:,} columns; raise limits.columns or send fewer",
    "cell_of_column_too_large": "{file}: column {column}: a cell has {size:,} bytes, more than {limit:,}; raise limits.cell or shorten it",
    "line_too_long": "{file}: a line has more than {size:,} bytes; send it with line feeds",
    "file_carriage_returns": "{file}: its lines end in a lone carriage return; save it with line feeds",
    "header_not_there": "{file}: none of the first {lines:,} lines holds the declared columns; is it another kind of file?",
    "file_without_records": "{file}: holds no record; send it again",
    "json_broken": "{file}: line {line:,}, character {character:,}: the JSON document is broken or cut short there",
    "json_without_objects": "{file}: no line has a JSON object; write one JSON object a line",
    "sheets_empty": "{file}: no sheet has cells; send it again",
    "xml_without_records": "{file}: has no element {element} with content; set `records:` to the element that is repeated",
    "xml_without_rows": "{file}: no element is repeated, so that it has no rows; is it a feed?",
    "xml_entities": "{file}: defines entities, which may expand without end; send it without a DOCTYPE",
    "xml_broken": "{file}: line {line:,}, character {character:,}: is not XML, or is cut short there; send it again",
    "column_without_text": "{file}: column {column} has the type {type}, which has no text; leave it out or write it as text",
    "file_unfinished": "{file}: waits, for it was just written and its last line has no end; it is read once it is whole",
    "file_settling": "{file}: waits until it stays unchanged for {seconds:g} s",
    "file_not_done": "{file}: waits for {marker}",
    "file_not_listed": "{file}: waits, for {marker} does not list it with the SHA-256 that it has",
    "rows_read_under_key": (
        "{dataset}: rows of {table} were read under the key {keys} of SLUICE_FORGET_KEY, which is not set here, nor in SLUICE_FORGET_OLD_KEYS; "
        "without it rows would be read twice"
    ),
    "table_read_elsewhere": (
        "{dataset}: an earlier version read {table}, and the files that say up to where are on another machine, or gone; run once where "
        ".sluice/landing/{dataset} is, or copy that folder here, since rows would be published twice"
    ),
    "file_changed": "{file}: has changed since it was listed; it counts as a new arrival",
    "file_unread_before": "{file}: could not be read when it was listed; it counts as a new arrival",
    "posted_no_place": "{dataset}: posted rows need a pattern with one `*` in the name of the file, such as landing/orders-*.jsonl; it is {pattern}",
    "posted_other_form": "{dataset} reads {pattern}: {media} does not fit it; send {takes}",
    "posted_unfit_source": "{dataset} takes no posted rows: it reads no files of CSV or JSON, or waits for a file of its own beside each (`done`)",
    "posted_unreadable": "{dataset}: the rows cannot be read: {reason}",
    "posted_lacks_columns": "{dataset}: the rows lack {columns}",
    "posted_no_rows": "{dataset}: there is no row",
    "delta_gone": "{dataset}: {folder} is no Delta table (it has no folder _delta_log with commits); mend `files:`, or the table's export",
    "delta_history_gone": (
        "{dataset}: commits or files of {folder} after version {version} are gone, and without a key the rows that are new cannot be told from "
        "those that were read; declare `key`, or `mode: snapshot`"
    ),
    "delta_unreadable": "{table}: the log of the Delta table cannot be read ({error}); is a commit damaged or missing?",
    "delta_deletion_vectors": (
        "{table}: the Delta table marks rows as deleted by deletion vectors, which are read in mode: snapshot alone; "
        "declare that mode, or set its property delta.enableDeletionVectors to false, then run REORG TABLE ... APPLY (PURGE)"
    ),
    "delta_column_mapping": (
        "{table}: the Delta table uses column mapping, which is not read: its files have other names than its columns; "
        "run ALTER TABLE ... DROP FEATURE columnMapping, or write the rows to a new table"
    ),
    "delta_file_elsewhere": "{table}: the Delta table names a data file outside of its folder, as a shallow clone does; write a deep clone",
    "delta_rows_removed": Plural(
        "rows",
        "{dataset}: version {version} of the Delta table deletes 1 row, which stays published; use mode: snapshot to follow deletions",
        "{dataset}: version {version} of the Delta table deletes {rows:,} rows, which stay published; use mode: snapshot to follow deletions",
    ),
    "folder_gone": "{dataset}: there is no folder {folder}; make it, or mend `files: {pattern}`",
    "column_unsplit": "{file}: line 1: one column, which {mark:quoted} seems to separate into several; set `separator: {mark:quoted}` for this source",
    "no_such_sheet": "{file}: has no sheet {sheet}{hint}; set `sheet:` to {sheets}",
    "columns_missing_for_comparison": "the columns {columns} are compared with declared ones that the file lacks",
    "file_read_whole": "{file}: is read as a whole",
    "no_such_folder": "{folder}: there is no such folder",
    "no_such_source_column": "{dataset}: {table} has no column {column}{hint}",
    "kafka_silent": "{dataset}: the topic {topic} does not give its messages ({error}); is the cluster up, and may we read it?",
    "kafka_no_topic": "{dataset}: the cluster has no topic {topic}",
    "kafka_offset_gone": (
        "{dataset}: partition {partition} of {topic} has the offsets {first} to {end}, and {offset} is to be read next: messages were "
        "deleted before they were read, or the topic was made anew; `gone: skip` goes on at the first one that is there"
    ),
    "source_silent": "{dataset}: {where} does not give its rows ({error}); is it up, and may we read it?",
    "no_such_table": "{dataset}: there is no table {table}{hint}",
    "form_read_whole": "{file}: files of this form are read as a whole",
    "irregular_read_whole": "{file}: its records are irregular, and it is read as a whole",
    "records_partly_parsed": "{file}: {records:,} records, of which {parsed:,} can be parsed; are its quotes right? Send it again",
    "column_without_name": "{file}: column {column} has no name",
    "first_line_blank": "{file}: line 1 is blank",
    "file_problem": "{file}: {problem}",
    "line_problem": "{file}: line {line:,}: {problem}",
    "at_line": "line {line:,}: {problem}",
    "json_record_broken": "{file}: {problem}; mend it and send the file again",
    "at_character": ", character {character:,}",
    "json_cut_short": "{unit:word} {number:,}{column} is not JSON, or is cut short",
    "json_array": "{unit:word} {number:,} is a JSON array, not an object",
    "json_no_object": "{unit:word} {number:,} is not a JSON object",
    "quote_never_closed": "a quote opens and is never closed; send it again with whole records",
    "quote_inside": "{file}: a quote stands inside a field",
    "fields_miscounted": "{fields:,} fields where the header has {width:,}; mend the line and send the file again{hints}",
    "fields_miscounted_by_quote": (
        "{fields:,} fields where the header has {width:,}, and a quote inside a field; quote the field and double the quotes in it, then send the file again"
    ),
    "in_brackets": " ({messages:list})",
    "hint_of_notices": "set `header: search` for this source if notices stand above the header",
    "hint_of_footer_length": "`footer` leaves out at most {records} records at the end, with fewer fields",
    "hint_of_footer": "`footer: true` if totals stand at its end",
    "cell_over_limit": "a cell is longer than its limit; is a quote left open? If not, raise limits.cell",
    "lone_carriage_returns": "its lines end in a lone carriage return; save it with line feeds",
    "text_after_quote": "text follows a closing quote; double the quotes inside a quoted field, and send the file again",
    "text_after_quote_of_lines": "text follows a closing quote; it began on that line; double the quotes inside a quoted field, and send the file again",
    "no_array_below": "there is no array of objects below {path}",
    "no_array_below_but": "there is no array of objects below {path}; set `records:` to {names}",
}
