"""Changed declarations of datasets that have stored rows."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "rebuild_needed": (
        "{dataset}: its stored rows do not fit its declaration ({changes}); its batches wait until `sluice rebuild {dataset}` has changed them, "
        "or it is declared as before"
    ),
    "layout_renamed": "{column}: stored under the name {stored}",
    "layout_retyped": "{column}: stored as {stored}, declared as {declared}",
    "layout_key": "key: stored rows have {stored}, declared is {declared}",
    "layout_mode": "mode: stored rows have {stored}, declared is {declared}",
}
