"""Errors of arrivals that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "file_utf16": "{file}: is UTF-16; set `encoding: utf-16` for this source, or save it as UTF-8",
    "file_empty": "{file}: is empty; send it again, with a header even where there are no rows",
    "file_binary": "{file}: byte {byte:,} is NUL, so it is no plain text (UTF-16, or binary?); save it as UTF-8, or set `encoding: utf-16-le`",
    "file_not_utf8": "{file}: line {line:,}: byte {byte:,} is not UTF-8; set `encoding:` for this source, such as cp1252 or gb18030, or save it as UTF-8",
    "file_not_in_encoding": "{file}: line {line:,}: byte {byte:,} is not {encoding}; set `encoding:` for this source to the file's encoding",
    "file_is_utf8": "{file}: is UTF-8, and not {encoding}; leave out `encoding:` for this source, or send the file in {encoding}",
    "file_format_unknown": "{file}: its ending and first bytes are of no known format; set `format:` to csv, json, jsonl, parquet, xml or excel",
    "file_too_large": "{file}: has {size:,} bytes, more than {limit:,}; raise limits.file or send smaller files",
    "file_unpacks_too_large": "{file}: holds more than {limit:,} bytes once unpacked; raise limits.unpacked or send smaller files",
    "column_uncastable": "{file}: the column {column} ({kind}) cannot be read as {type:word} ({error}); declare another type for it, or none",
    "file_zip_members": "{file}: is an archive of {members:,} files; send each by itself, plain or compressed",
    "file_zip_encrypted": "{file}: is an archive with a password; send it without one",
    "file_of_the_future": "{file} is of {day}, which has not come yet; rename it, or run `sluice run --retry-failed` then",
    "file_older_than_snapshot": "{file}: is older than the snapshot of {newest:time}, which is published and stays",
}
