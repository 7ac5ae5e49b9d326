"""Draw the form of a rule: it knows the columns, which expectations fit them, and what each setting takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import tr
from dashboard.widgets.choice import choose, chosen, propose
from dashboard.widgets.formatting import NOTHING
from sluice.config import Step
from sluice.config.rule_form import SHARED, Field, expectations_for, fields_of, parse_value, parse_yaml
from sluice.config.write import write_value
from sluice.domain import RuleEdit

_BESIDE = 2  # settings in a line of the form


def draw_rule_form(shop: Shop, dataset: str, step: Step | None, position: int | None) -> RuleEdit:
    """Draw the form, and return the rule as it stands in it.

    Args:
        shop: The shop.
        dataset: Name of the dataset.
        step: The rule whose settings stand in the form at first; a new one is chosen where it is None.
        position: Its position in the suite; None where it is to be added.
    """
    types = {column.name: column.type for column in shop.schema(dataset).columns}
    if step is None:
        column, name = _choose_expectation(dataset, types)
        step = Step(name=name, settings={"column": column} if column else {})
    fields = [field for field in fields_of(step.name) if position is not None or field.name != "column"]
    form = _Form(shop, dataset, types, step, f"rule {dataset} {position} {step.name} {dict(step.settings)}")
    settings = form.draw(fields)
    with st.expander(tr("Severity, consequence and condition")):
        settings |= form.draw(SHARED)
    return RuleEdit(dataset, step.name, {**form.hidden([*fields, *SHARED]), **settings}, position)


def _choose_expectation(dataset: str, types: Mapping[str, str]) -> tuple[str, str]:
    left, right = st.columns([1, 2])
    labels = {**{name: f"{name} · {kind}" for name, kind in types.items()}, "": tr("Whole table, or several columns")}
    column = choose(left.selectbox, tr("Column"), list(labels), labels.__getitem__, f"rule_column_{dataset}")
    names = expectations_for(types.get(column))
    return column, right.selectbox(tr("Expectation"), names, key=f"rule_expectation_{dataset}_{column}", index=_default(names))


def _default(names: Sequence[str]) -> int:
    """Return the position of the expectation that people choose most, where it fits."""
    preferred = ("expect_column_values_to_be_between", "expect_column_values_to_not_be_null")
    return next((names.index(name) for name in preferred if name in names), 0)


@dataclass(frozen=True)
class _Form:
    """Draw the settings of one rule.

    Attributes:
        shop: The shop.
        dataset: Name of the dataset.
        types: Types of its columns.
        step: The rule as it is.
        key: Names the form: other rules have other widgets.
    """

    shop: Shop
    dataset: str
    types: Mapping[str, str]
    step: Step
    key: str

    def hidden(self, fields: Sequence[Field]) -> dict[str, object]:
        """Return the settings that the form does not show; they stay."""
        drawn = {field.name for field in fields}
        return {name: value for name, value in self.step.settings.items() if name not in drawn}

    def draw(self, fields: Sequence[Field]) -> dict[str, object]:
        """Draw some settings, and return those that have a value."""
        values = {}
        for first in range(0, len(fields), _BESIDE):
            for place, field in zip(st.columns(_BESIDE), fields[first : first + _BESIDE], strict=False):
                value = self._draw(place, field, self.step.settings.get(field.name))
                if value not in ("", []) and value is not None and value is not False:
                    values[field.name] = value
        return values

    def _draw(self, place: DeltaGenerator, field: Field, value: object) -> object:
        title, key, meaning = f"{field.name} *" if field.required else field.name, self._key(field.name), field.description
        if field.kind in ("column", "dataset", "other_column", "choice"):
            return self._draw_choice(place, field, title, value)
        if field.kind == "columns":
            return place.multiselect(title, list(self.types), default=[name for name in _texts(value) if name in self.types], key=key, help=meaning)
        if field.kind == "list":
            present = _texts(value)
            typed: list[str] = place.multiselect(title, present, default=present, key=key, help=meaning, accept_new_options=True)
            return [parse_value(text, self._type) for text in typed]
        if field.kind == "flag":
            return place.checkbox(title, value=bool(value), key=key, help=meaning)
        return self._typed((place.text_input(title, value=_text(value), key=key, help=meaning) or "").strip(), field)

    def _draw_choice(self, place: DeltaGenerator, field: Field, title: str, value: object) -> str:
        key, choices = self._key(field.name), self._choices(field)
        names = {"": NOTHING, **{name: label(name) if field.kind == "choice" else name for name in choices}}
        propose(key, value)
        return choose(place.selectbox, title, list(names), names.__getitem__, key, help=field.description)

    def _key(self, name: str) -> str:
        return f"{self.key} {name}"

    def _typed(self, text: str, field: Field) -> object:
        """Return typed text as the value of a setting."""
        if not text:
            return None
        if field.kind == "yaml":
            return parse_yaml(text)
        of_column = field.kind == "limit" and self.step.name.endswith(("values_to_be_between", "max_to_be_between", "min_to_be_between"))
        return text if field.kind == "text" else parse_value(text, self._type if of_column else "number")

    @property
    def _type(self) -> str:
        return self.types.get(str(self.step.settings.get("column")), "number")

    def _choices(self, field: Field) -> list[str]:
        if field.kind == "choice":
            return list(field.choices)
        if field.kind == "dataset":
            return [name for name in self.shop.config.datasets if name != self.dataset]
        if field.kind == "other_column":
            other = self.shop.config.datasets.get(str(chosen(self._key("dataset")) or self.step.settings.get("dataset")))
            return list(other.columns) if other else []
        return list(self.types)


def _text(value: object) -> str:
    return "" if value is None else str(value) if isinstance(value, str | float | int) else write_value(value)


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []
