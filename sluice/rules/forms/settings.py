"""Check the settings of a step that reads values of a form."""

from __future__ import annotations

import re

from sluice.domain import Schema
from sluice.errors import InvalidValue
from sluice.messages import make_error
from sluice.rules.forms import FORMS, REGIONAL


def require_form(schema: Schema, column: str, form: str, region: str | None) -> None:
    """Pass only where a column of text, a form and its region are named.

    Raises:
        InvalidValue: The column is not declared or holds no text, there is no such form, or the region is no code of two letters or fits no form.

    Example:
        >>> from sluice.domain import Column
        >>> require_form(Schema("orders", columns=(Column("phone"),)), "phone", "phone", "DE")
    """
    columns = {one.name: one for one in schema.columns}
    if column not in columns:
        raise make_error(InvalidValue, "form_column_undeclared", column=column, columns=tuple(columns))
    if columns[column].type != "string":
        raise make_error(InvalidValue, "form_column_no_text", column=column)
    if form not in FORMS:
        raise make_error(InvalidValue, "form_unknown", form=form, forms=tuple(FORMS))
    if region is not None and (form not in REGIONAL or not re.fullmatch(r"[A-Z]{2}", region)):
        raise make_error(InvalidValue, "form_region_unfit", region=region, form=form)
