"""Write the definition of a schema for fingerprints."""

from __future__ import annotations

from dataclasses import fields

from sluice.domain import Column, Schema

_FIRST = {
    Schema: ("dataset", "mode", "key", "columns", "time", "window", "every", "grace"),
    Column: ("name", "type", "required", "personal", "unit"),
}


def definition(value: Schema | Column) -> str:
    """Return a schema or column as its first version was represented; a setting that came later counts only where it is set.

    So a setting that is added to the program changes no fingerprint.

    Example:
        >>> definition(Column("price", "number", zone="Europe/Berlin"))
        "Column(name='price', type='number', required=False, personal=False, unit=None, zone='Europe/Berlin')"
    """
    first = _FIRST[type(value)]
    later = [field.name for field in fields(value) if field.name not in first and getattr(value, field.name) != field.default]
    settings = [f"{name}={_represent(getattr(value, name))}" for name in (*first, *later)]
    return f"{type(value).__name__}({', '.join(settings)})"


def _represent(value: object) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], Column):
        columns = ", ".join(map(definition, value))
        return f"({columns},)" if len(value) == 1 else f"({columns})"
    return repr(value)
