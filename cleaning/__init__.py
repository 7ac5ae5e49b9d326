"""Repairs cells where that can be trusted, and finds what repeats.

A cleaner is one class in one file plus one line here; its module is imported when a configuration names it.
"""

from __future__ import annotations

from collections.abc import Mapping

CLEANERS: Mapping[str, str] = {
    "parse": "cleaning.parse:Parse",
    "normalise": "cleaning.normalise:Normalise",
    "clock": "cleaning.clock:Clock",
    "deduplicate": "cleaning.deduplicate:Deduplicate",
    "lookup": "cleaning.lookup:Lookup",
    "scale": "cleaning.scale:Scale",
    "dependency": "cleaning.dependency:Dependency",
    "misplaced": "cleaning.misplaced:Misplaced",
    "matching": "cleaning.matching:Matching",
}
