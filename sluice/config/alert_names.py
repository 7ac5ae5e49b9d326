"""Check that the datasets, rules and columns by which alerts are chosen are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from sluice.config.alerts import AlertAddress, AlertWhen
from sluice.config.model import Step
from sluice.config.models import Config, Dataset
from sluice.config.naming import Misnamed, Place
from sluice.config.renamed import rename_step
from sluice.config.suite_file import read_suite
from sluice.domain import Message

IMPLIED = (
    *("arrival_readable", "batches_come_when_due", "cast", "column_matched", "column_present", "deduplicate", "key_present", "key_unique"),
    *("order_unknown", "max_shrink"),
)
"""Names of rules that no step names."""

_WILD = frozenset("*?[")


def misnamed_in_alerts(config: Config, root: Path) -> Iterator[Misnamed]:
    """Yield every dataset, rule, column and address that `alerts` names and that is not configured.

    Args:
        config: The configuration.
        root: Folder in which paths of suites in JSON start.
    """
    for index, alert in enumerate(config.alerts):
        if isinstance(alert, AlertAddress) and alert.when:
            yield from _misnamed(alert.when, ("alerts", index, "when"), config, root)
        if isinstance(alert, AlertAddress) and alert.escalate:
            others = [name for name in config.sinks if name != alert.name]
            if (name := alert.escalate.to) not in others:
                yield Misnamed(("alerts", index, "escalate", "to"), Message.of("no_other_address", name=name), name, others)


def _misnamed(when: AlertWhen, where: Place, config: Config, root: Path) -> Iterator[Misnamed]:
    for place, name in enumerate(when.datasets):
        if name not in config.datasets:
            yield Misnamed((*where, "datasets", place), Message.of("no_dataset", dataset=name), name, list(config.datasets))
    chosen = {name: dataset for name, dataset in config.datasets.items() if not when.datasets or name in when.datasets}
    rules = {name: _names_of_rules(dataset, root) for name, dataset in chosen.items()} if when.rules else {}
    for place, rule in enumerate(when.rules):
        wrong = _wrong_rule(rule, chosen, rules) if chosen else None
        if wrong:
            yield Misnamed((*where, "rules", place), Message.of("no_rule_of", datasets=tuple(chosen), rule=rule), wrong[0], wrong[1])
    columns = sorted({column for dataset in chosen.values() for column in dataset.score_by})
    for column in when.segments:
        if column not in columns and chosen:
            yield Misnamed((*where, "segments", column), Message.of("not_scored_by", column=column, datasets=tuple(chosen)), column, columns)


def _wrong_rule(rule: str, datasets: Mapping[str, Dataset], rules: Mapping[str, frozenset[str]]) -> tuple[str, list[str]] | None:
    """Return the part of a rule's id, or of a pattern, that no dataset has, with what it could be; None where one may have it."""
    name, _, parts = rule.partition(":")
    ids = {f"{one}:{column}" for dataset, names in rules.items() for one in names for column in datasets[dataset].columns}
    having = [dataset for dataset, names in rules.items() if any(fnmatchcase(one, name) for one in names)]
    if not having:
        return None if any(fnmatchcase(one, rule) for one in ids) else (name, sorted(frozenset().union(*rules.values())))
    if _WILD & set(name) or not name.startswith(("expect_", "cast", "column_present")):
        return None
    columns = {column for dataset in having for column in datasets[dataset].columns}
    unknown = [part for part in parts.partition("#")[0].split(",") if part and not _WILD & set(part) and part not in columns]
    return (unknown[0], sorted(columns)) if unknown and columns else None


def _names_of_rules(dataset: Dataset, root: Path) -> frozenset[str]:
    """Return the names with which the ids of a dataset's rules begin."""
    suite = dataset.suite if not isinstance(dataset.suite, str) else _read(root / dataset.suite)
    names = {rename_step("suite", step.name, step.settings)[0] for step in suite}
    detectors = {f"pyod_{str(step.settings.get('algorithm')).lower()}" if step.name == "pyod" else step.name for step in dataset.detect}
    return frozenset({*names, *(step.name for step in dataset.clean), *detectors, *IMPLIED})


def _read(path: Path) -> list[Step]:
    try:
        return list(read_suite(path))
    except ValueError:  # `mistakes_in_suites` reports it
        return []
