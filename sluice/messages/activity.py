"""What an entry of the activity log is about."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    "about_rows": Plural("rows", "{dataset}: 1 row", "{dataset}: {rows:,} rows"),
    "about_rule": "{dataset}: rows held for {rule}",
    "about_rows_of_rule": Plural("rows", "{dataset}: 1 row held for {rule}", "{dataset}: {rows:,} rows held for {rule}"),
    "about_gate": "gate of {dataset} until {until:time} UTC",
    "about_incident": "incident {incident}: {dataset} {rule}",
    "about_suite": "suite of {dataset}: {rule}",
    "about_version": "{model} to version {version}",
    "about_request": "request {request}",
}
