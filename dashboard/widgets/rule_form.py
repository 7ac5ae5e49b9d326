"""Draw the form of a rule: it knows the columns, which expectations fit them, and what each setting takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.data.shop import Shop
from dashboard.i18n.labels import label
from dashboard.i18n.language import tr
from dashboard.safety.escape import markdown
from dashboard.widgets.choice import choose, chosen, propose
from dashboard.widgets.formatting import NOTHING
from sluice.config import Step
from sluice.config.rule_form import SHARED, Field, expectations_for, fields_of, is_numeric, parse_value, parse_yaml
from sluice.config.write import write_value
from sluice.domain import RuleEdit

_BESIDE = 2  # settings in a line of the form


def draw_rule_form(shop: Shop, dataset: str, step: Step | None, position: int | None) -> RuleEdit | None:
    """Draw the form, and return the rule as it stands in it; None where a setting is not what it must be, which the form says.

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
    return None if form.mistakes else RuleEdit(dataset, step.name, {**form.hidden([*fields, *SHARED]), **settings}, position)


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
        mistakes: Names of the settings that are not what they must be.
    """

    shop: Shop
    dataset: str
    types: Mapping[str, str]
    step: Step
    key: str
    mistakes: list[str] = field(default_factory=list)

    def hidden(self, fields: Sequence[Field]) -> dict[str, object]:
        """Return the settings that the form does not show; they stay."""
        drawn = {setting.name for setting in fields}
        return {name: value for name, value in self.step.settings.items() if name not in drawn}

    def draw(self, fields: Sequence[Field]) -> dict[str, object]:
        """Draw some settings, and return those that have a value."""
        values = {}
        for first in range(0, len(fields), _BESIDE):
            for place, setting in zip(st.columns(_BESIDE), fields[first : first + _BESIDE], strict=False):
                value = self._draw(place, setting, self.step.settings.get(setting.name))
                if value not in ("", []) and value is not None and value is not False:
                    values[setting.name] = value
        return values

    def _draw(self, place: DeltaGenerator, setting: Field, value: object) -> object:
        title, key, meaning = f"{setting.name} *" if setting.required else setting.name, self._key(setting.name), setting.description
        if setting.kind in ("column", "dataset", "other_column", "choice"):
            return self._draw_choice(place, setting, title, value)
        if setting.kind == "columns":
            return place.multiselect(title, list(self.types), default=[name for name in _texts(value) if name in self.types], key=key, help=meaning)
        if setting.kind == "list":
            present = _texts(value)
            typed: list[str] = place.multiselect(title, present, default=present, key=key, help=meaning, accept_new_options=True)
            return [parse_value(text, self._type) for text in typed]
        if setting.kind == "flag":
            return place.checkbox(title, value=bool(value), key=key, help=meaning)
        setting_value = self._typed((place.text_input(title, value=_text(value), key=key, help=meaning) or "").strip(), setting)
        if setting_value is not None and is_numeric(setting, self._limit_type) and not _is_number(setting_value):
            self.mistakes.append(setting.name)
            place.error(tr("{text} is no number", text=markdown(str(setting_value))))
        return setting_value

    def _draw_choice(self, place: DeltaGenerator, setting: Field, title: str, value: object) -> str:
        key, choices = self._key(setting.name), self._choices(setting)
        names = {"": NOTHING, **{name: label(name) if setting.kind == "choice" else name for name in choices}}
        propose(key, value)
        return choose(place.selectbox, title, list(names), names.__getitem__, key, help=setting.description)

    def _key(self, name: str) -> str:
        return f"{self.key} {name}"

    def _typed(self, text: str, setting: Field) -> object:
        """Return typed text as the value of a setting."""
        if not text:
            return None
        if setting.kind == "yaml":
            return parse_yaml(text)
        return text if setting.kind == "text" else parse_value(text, self._limit_type if setting.kind == "limit" else "number")

    @property
    def _limit_type(self) -> str:
        """Return the type of a limit: that of the column, where the rule limits its values."""
        return self._type if self.step.name.endswith(("values_to_be_between", "max_to_be_between", "min_to_be_between")) else "number"

    @property
    def _type(self) -> str:
        return self.types.get(str(self.step.settings.get("column")), "number")

    def _choices(self, setting: Field) -> list[str]:
        if setting.kind == "choice":
            return list(setting.choices)
        if setting.kind == "dataset":
            return [name for name in self.shop.config.datasets if name != self.dataset]
        if setting.kind == "other_column":
            other = self.shop.config.datasets.get(str(chosen(self._key("dataset")) or self.step.settings.get("dataset")))
            return list(other.columns) if other else []
        return list(self.types)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str:
    return "" if value is None else str(value) if isinstance(value, str | float | int) else write_value(value)


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []
