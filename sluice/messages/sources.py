"""Errors of arrivals that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "file_utf16": "{file}: is UTF-16; save it as UTF-8",
    "file_empty": "{file}: is empty; send it again, with a header even where there are no rows",
    "file_binary": "{file}: byte {byte:,} is NUL, so it is not plain text (UTF-16, or a binary file?); save it as UTF-8",
    "file_not_utf8": "{file}: byte {byte:,} is not UTF-8; save it as UTF-8",
    "file_format_unknown": "{file}: its ending is of no known format; set `format:` for this source to csv, jsonl or parquet",
    "file_too_large": "{file}: has {size:,} bytes, more than {limit:,}; raise limits.file or send smaller files",
    "file_unpacks_too_large": "{file}: holds more than {limit:,} bytes once unpacked; raise limits.unpacked or send smaller files",
    "file_zstd": "{file}: is compressed by zstd; send it plain or compressed by gzip",
    "file_of_the_future": "{file} is of {day}, which has not come yet; rename it, or run `sluice run --retry-failed` then",
    "file_older_than_snapshot": "{file}: is older than the snapshot of {newest:time}, which is published and stays",
}
