"""Subjects of entries of the activity log."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    "about_rows": Plural("rows", "{dataset}: 1 row", "{dataset}: {rows:,} rows"),
    "about_repairs": Plural("repairs", "{dataset}: 1 repair", "{dataset}: {repairs:,} repairs"),
    "about_rule": "{dataset}: rows held for {rule}",
    "about_rows_of_rule": Plural("rows", "{dataset}: 1 row held for {rule}", "{dataset}: {rows:,} rows held for {rule}"),
    "about_gate": "gate of {dataset} until {until:time} UTC",
    "about_incident": "incident {incident}: {dataset} {rule}",
    "about_suite": "suite of {dataset}: {rule}",
    "about_version": "{model} to version {version}",
    "about_job": "{job:word} of {dataset}",
    "about_config": "version {version} of the configuration",
    "about_request": "request {request}",
    "about_texts": Plural("texts", "1 text of the activity log", "{texts:,} texts of the activity log"),
    # what a check of the log finds
    "log_missing": "entry {entry} is missing",
    "log_changed": "entry {entry} was changed after it was written, or one before it was removed",
    "log_text_changed": "a text of entry {entry} was changed after it was written",
    "log_unkeyed": "entry {entry} was written without a key, although those before it have one",
    "log_key_unknown": "entry {entry} was written under a key that SLUICE_LOG_KEY does not name",
    "log_erased": "{texts:,} texts were erased, and the log records the erasure of {recorded:,}",
    "log_expected": "entry {entry} is not the one with that digest",
}
