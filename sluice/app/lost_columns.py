"""Name the lines of sluice.yaml that declare a column which the files no longer have, so that a person can accept that it is gone, or renamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sluice.config import Config, Step, line_in
from sluice.domain import Message, Run

_STEPS = ("suite", "clean", "detect")


def describe_lost(config: Config, path: Path, run: Run | None) -> Iterator[Message]:
    """Yield a message for each column whose absence leaves a run undecided, or that may be renamed, with the lines that name it.

    Args:
        config: The configuration.
        path: Path of sluice.yaml.
        run: The newest run of a dataset, if any.
    """
    if run is None:
        return
    for message in describe_columns(config, path, run.dataset, run.reasons):
        if run.decision != "open" or message.code == "column_renamed_lines":
            yield message


def describe_columns(config: Config, path: Path, dataset: str, reasons: Sequence[Message]) -> Iterator[Message]:
    """Yield a message for each column that reasons say is missing or renamed, with the lines of sluice.yaml that name it.

    Args:
        config: The configuration.
        path: Path of sluice.yaml.
        dataset: Name of the dataset.
        reasons: Reasons of a run, or the message of an incident.
    """
    if dataset not in config.datasets:
        return
    for reason in dict.fromkeys(_absent(reasons)):
        column, similar = str(reason.params["column"]), reason.params.get("similar")
        if lines := _lines_naming(config, path, dataset, column):
            if similar is None:
                yield Message.of("column_gone_for_good", dataset=dataset, column=column, lines=lines)
            else:
                yield Message.of("column_renamed_lines", dataset=dataset, column=column, similar=similar, lines=lines)


def _absent(reasons: Sequence[object]) -> Iterator[Message]:
    """Yield what reasons, and the messages in them, say of columns that the file lacks."""
    for reason in reasons:
        if isinstance(reason, Message):
            if reason.code in ("column_missing", "column_renamed"):
                yield reason
            yield from _absent([part for value in reason.params.values() for part in (value if isinstance(value, tuple) else (value,))])


def _lines_naming(config: Config, path: Path, dataset: str, column: str) -> tuple[str, ...]:
    """Return the lines of the column's declaration and of the steps that read it, each as `number: text`."""
    settings = config.datasets[dataset]
    places: list[tuple[str | int, ...]] = [("columns", column)] if column in settings.columns else []
    for name in _STEPS:
        steps = getattr(settings, name)
        places += [(name, index) for index, step in enumerate(steps) if isinstance(step, Step) and _names(step.settings, column)]
    numbers = sorted({line_in(path, ("datasets", dataset, *place)) for place in places})
    text = path.read_text(encoding="utf-8").splitlines()
    return tuple(f"{number}: {text[number - 1].strip()}" for number in numbers if number <= len(text))


def _names(value: object, column: str) -> bool:
    if isinstance(value, Mapping):
        return any(_names(part, column) for part in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(_names(part, column) for part in value)
    return value == column
