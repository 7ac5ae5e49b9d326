"""Check suites when sluice.yaml is read: names of expectations, settings, columns and datasets, values by the types of their columns, row conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from sluice.config.column_types import misfits
from sluice.config.expectation_settings import GX_EXPECTATIONS, GX_SETTINGS, OWN_EXPECTATIONS, SHARED_SETTINGS
from sluice.config.naming import Misnamed, Place
from sluice.config.renamed import rename_step
from sluice.config.shared_settings import shared_misfits
from sluice.config.suite_file import line_of_setting, read_suite
from sluice.domain import EMPTY, Message
from sluice.messages import error_message

_Columns: TypeAlias = Mapping[str, Mapping[str, str]]  # types of the declared columns of each dataset
_COLUMN_SETTINGS = ("column", "column_A", "column_B", "user", "item", "time", "text", "rating")
_LIST_SETTINGS = ("column_list", "columns")
_BY_KEY = "expect_column_values_to_match_reference"  # its key stands in both datasets
_OTHERWISE = frozenset({"expect_column_to_exist", "expect_table_columns_to_match_ordered_list"})  # about the columns of a file


def mistakes_in_suites(tree: object, root: Path) -> Iterator[Misnamed]:
    """Yield what is misnamed, and what does not fit the types of columns, in the suites of a configuration.

    Args:
        tree: The configuration as parsed; it may have other mistakes, which are reported elsewhere.
        root: Folder in which paths of suites in JSON start.

    Example:
        >>> from sluice.messages import render
        >>> suite = [{"expect_column_values_to_not_be_null": {"colum": "sku"}}]
        >>> [render(wrong.message) for wrong in mistakes_in_suites({"datasets": {"items": {"suite": suite}}}, Path())]
        ['unknown setting']
    """
    datasets = _mapping(_mapping(tree).get("datasets"))
    declared = {str(name): _types(_mapping(dataset).get("columns")) for name, dataset in datasets.items()}
    for name, dataset in datasets.items():
        steps = _mapping(dataset).get("suite")
        if isinstance(steps, str):
            yield from _in_file(("datasets", name, "suite"), root / steps, name, declared)
        for index, step in enumerate(steps if isinstance(steps, list) else ()):
            if isinstance(step, str):
                yield from _of_step(("datasets", name, "suite", index), step, {}, name, declared)
            elif isinstance(step, Mapping) and len(step) == 1:
                ((expectation, settings),) = step.items()
                yield from _of_step(("datasets", name, "suite", index), str(expectation), _mapping(settings), name, declared)
        yield from _in_cleaners(name, _mapping(dataset).get("clean"), list(declared))


def _in_cleaners(dataset: str, steps: object, datasets: Sequence[str]) -> Iterator[Misnamed]:
    """Yield the cleaners that read a dataset which is not declared: they would say nothing."""
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        for cleaner, settings in _mapping(step).items():
            reference = _mapping(settings).get("dataset")
            if isinstance(reference, str) and reference not in datasets:
                yield Misnamed(("datasets", dataset, "clean", index, str(cleaner), "dataset"), Message.of("no_dataset", dataset=reference), reference, datasets)


def _types(columns: object) -> Mapping[str, str]:
    return {str(name): str(_mapping(column).get("type", "string")) for name, column in _mapping(columns).items()}


def _in_file(where: Place, path: Path, dataset: str, declared: _Columns) -> Iterator[Misnamed]:
    """Yield the mistakes of a suite in JSON, each with its line there."""
    try:
        steps = read_suite(path)
    except ValueError as error:
        yield Misnamed(where, error_message(error), "", ())
        return
    for index, step in enumerate(steps):
        name, settings = rename_step("suite", step.name, step.settings)
        for wrong in _of_step((), name, settings, dataset, declared):
            line = line_of_setting(path, index, str(wrong.where[-1]) if len(wrong.where) > 1 else "")
            yield Misnamed(
                where,
                Message.of("config_problem", path=path.name, line=line, where=".".join(map(str, wrong.where)), problem=wrong.message),
                wrong.name,
                wrong.candidates,
            )


def _of_step(where: Place, expectation: str, settings: Mapping[str, object], dataset: str, declared: _Columns) -> Iterator[Misnamed]:
    own = OWN_EXPECTATIONS.get(expectation)
    own_settings = own if own is not None else GX_EXPECTATIONS.get(expectation)
    if own_settings is None:
        yield Misnamed((*where, expectation), Message.of("no_expectation"), expectation, [*OWN_EXPECTATIONS, *GX_EXPECTATIONS])
        return
    takes = own_settings | SHARED_SETTINGS | (GX_SETTINGS if own is None else frozenset())
    yield from (
        Misnamed((*where, expectation, key), Message.of("setting_unknown", hint=EMPTY), key, sorted(takes - GX_SETTINGS))
        for key in settings
        if key not in takes
    )
    reference = settings.get("dataset") if "dataset" in takes else None
    if isinstance(reference, str) and reference not in declared:
        yield Misnamed((*where, expectation, "dataset"), Message.of("no_dataset", dataset=reference), reference, list(declared))
    for key, column, of in _columns(expectation, settings, dataset, reference):
        if (columns := declared.get(of)) and column not in columns:
            yield Misnamed((*where, expectation, key), Message.of("declares_no_column", dataset=of, column=column), column, list(columns))
    for key, reason in (*shared_misfits(settings), *misfits(expectation, settings, declared.get(dataset, {}))):
        yield Misnamed((*where, expectation, key), reason, "", ())


def _columns(expectation: str, settings: Mapping[str, object], dataset: str, reference: object) -> Iterator[tuple[str, str, str]]:
    """Yield each setting that names a column, the column, and the dataset that must declare it."""
    if expectation in _OTHERWISE:
        return
    for key in (*_COLUMN_SETTINGS, "key"):
        if isinstance(column := settings.get(key), str):
            yield key, column, dataset
    for key in _LIST_SETTINGS:
        if isinstance(columns := settings.get(key), list):
            yield from ((key, column, dataset) for column in columns if isinstance(column, str))
    for key in ("reference_column", *(["key"] if expectation == _BY_KEY else [])):
        if isinstance(reference, str) and isinstance(column := settings.get(key), str):
            yield key, column, reference


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
