"""Repair cells where the repair can be trusted, and detect duplicate rows.

A cleaner is one class in one file plus one line in `CLEANERS`. Its module is imported when a configuration names it.
"""

from __future__ import annotations

from collections.abc import Mapping

CLEANERS: Mapping[str, str] = {
    "parse": "cleaning.parse:Parse",
    "normalize_text": "cleaning.normalize_text:NormalizeText",
    "clock_skew": "cleaning.clock_skew:ClockSkew",
    "deduplicate": "cleaning.deduplicate:Deduplicate",
    "lookup": "cleaning.lookup:Lookup",
    "unit_scale": "cleaning.unit_scale:UnitScale",
    "functional_dependency": "cleaning.functional_dependency:FunctionalDependency",
    "swapped_columns": "cleaning.swapped_columns:SwappedColumns",
    "session_user": "cleaning.session_user:SessionUser",
    "source_vote": "cleaning.source_vote:SourceVote",
    "map_values": "cleaning.map_values:MapValues",
    "standardize": "cleaning.standardize:Standardize",
    "convert_currency": "cleaning.convert_currency:ConvertCurrency",
    "impute": "cleaning.impute:Impute",
    "cell_errors": "cleaning.cell_errors.cleaner:CellErrors",
    "record_linkage": "cleaning.record_linkage:RecordLinkage",
}
