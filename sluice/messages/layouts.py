"""Changed declarations of datasets that have stored rows."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Plural, Template

TEMPLATES: Mapping[str, Template] = {
    "rebuild_needed": (
        "{dataset}: its stored rows do not fit its declaration ({changes}); its batches wait until `sluice rebuild {dataset}` has changed them, "
        "or it is declared as before"
    ),
    "layout_renamed": "{column}: stored under the name {stored}",
    "layout_retyped": "{column}: stored as {stored}, declared as {declared}",
    "layout_key": "key: stored rows have {stored}, declared is {declared}",
    "layout_fits": Plural("rows", "{fits:,} of 1 published row fit the new declaration", "{fits:,} of {rows:,} published rows fit the new declaration"),
    "layout_holds": Plural("rows", "1 row will be held for {rule}", "{rows:,} rows will be held for {rule}"),
    "layout_casts_held": Plural("rows", "1 held row will be cast too, and stay held", "{rows:,} held rows will be cast too, and stay held"),
    "layout_castable": "{rows:,} of them are held only for cells that now cast: look at them with `sluice quarantine list {dataset}`, and release them",
    "layout_mode": "mode: stored rows have {stored}, declared is {declared}",
}
