"""Write a commented sluice.yaml from inferred datasets; every suggestion states its reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from sluice.config.checks import Check, worst_checks
from sluice.config.duration import write_duration
from sluice.config.inferred import InferredDataset
from sluice.config.model import Step
from sluice.domain import Column, Message, OnChange
from sluice.messages import render

Steps: TypeAlias = Mapping[str, Sequence[tuple[Step, Message]]]
Settings: TypeAlias = Sequence[tuple[str, object, Message]]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:[ ./-][A-Za-z0-9_]+)*")
_FORBIDDEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")  # in YAML, unless escaped
_INGEST = "*/15 * * * *"
_RESERVED_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_MODE_NOTES = {"append": Message.of("init_append"), "snapshot": Message.of("init_snapshot"), "upsert": Message.of("init_upsert")}
_CHANGE_NOTES: Mapping[OnChange, Message] = {
    "keep": Message.of("init_change_keep"),
    "replace": Message.of("init_change_replace"),
    "hold": Message.of("init_change_hold"),
}


def write(
    datasets: Sequence[InferredDataset],
    suites: Steps,
    clean: Steps | None = None,
    detect: Steps | None = None,
    recommender: Settings = (),
    shop: str = "Shop",
    checks: Sequence[Check] = (),
    language: str = "en",
) -> str:
    """Return the text of a sluice.yaml that `read` accepts.

    Args:
        datasets: Inferred datasets.
        suites: Expectations of each dataset, each with the reason for it.
        clean: Cleaners, likewise.
        detect: Detectors, likewise.
        recommender: Settings of the recommender: name, value and reason.
        shop: Name shown in the dashboard.
        checks: Checks of the whole folder; those of a dataset stand with it. The worst of all are written.
        language: Language of the comments.
    """
    worst = worst_checks([*checks, *(check for dataset in datasets for check in dataset.checks)])
    text = [
        _line(Message.of("init_written"), language),
        "version: 1",
        f"shop: {_scalar(shop)}",
        f'schedule: {{ingest: "{_INGEST}"}}' + _comment(render(Message.of("init_schedule"), language)),
        *(check_line(check, language) for check in worst if not check.dataset),
        "",
        "datasets:",
    ]
    for dataset in datasets:
        steps = {name: by_name.get(dataset.dataset, ()) for name, by_name in (("suite", suites), ("clean", clean or {}), ("detect", detect or {}))}
        text += [f"  {line}".rstrip() for line in write_dataset(dataset, [check for check in worst if check.dataset == dataset.dataset], steps, language)]
        text.append("")
    return "\n".join([*text, *_recommender(recommender, language), ""])


def write_dataset(dataset: InferredDataset, checks: Sequence[Check], steps: Steps, language: str = "en") -> Iterator[str]:
    """Yield the lines of one dataset, its name not indented.

    Args:
        dataset: The dataset.
        checks: What a person should check of it.
        steps: Its expectations, cleaners and detectors under `suite`, `clean` and `detect`, each with its reason.
        language: Language of the comments.
    """
    yield from _dataset(dataset, checks, language)
    for name, listed in steps.items():
        yield from (f"  {line}" for line in _steps(name, listed, language))


def column_line(column: Column, note: str) -> str:
    """Return a column as one line of `columns`, with its reason as comment.

    Example:
        >>> column_line(Column("price", "number"), "19.99")
        'price: {type: number}  # 19.99'
    """
    return f"{_scalar(column.name)}: {_column(column)}" + _comment(note)


def check_line(check: Check, language: str = "en") -> str:
    """Return a check as a comment."""
    reason = Message.of("init_check_column", column=check.column, reason=check.reason) if check.column else check.reason
    return _comment(f"CHECK: {render(reason, language)}").strip()


def _dataset(dataset: InferredDataset, checks: Sequence[Check], language: str) -> Iterator[str]:
    def comment(reason: Message) -> str:
        return _comment(render(reason, language))

    looked_at = Message.of("init_looked_at", rows=Message.of("init_rows", rows=dataset.rows), files=dataset.files)
    yield f"{dataset.dataset}:" + comment(looked_at)
    if dataset.note:
        yield f"  {_line(dataset.note, language)}"
    for check in checks:
        yield f"  {check_line(check, language)}"
    yield "  source:"
    yield f"    files: {_scalar(dataset.pattern)}"
    for name, value in dataset.options.settings().items():
        yield f"    {name}: {_flow(value)}"
    yield f"  mode: {dataset.mode}" + comment(_MODE_NOTES[dataset.mode])
    if dataset.key:
        names = f"[{', '.join(map(_scalar, dataset.key))}]"
        yield f"  key: {f'{{columns: {names}, blank: allowed}}' if dataset.blank_key else names}" + comment(Message.of("init_key"))
    if dataset.on_change:
        yield f"  on_change: {dataset.on_change}" + comment(_CHANGE_NOTES[dataset.on_change])
    if dataset.time:
        yield f"  time: {_scalar(dataset.time)}" + comment(Message.of("init_event_time"))
    if dataset.every:
        yield f"  every: {write_duration(dataset.every)}" + comment(Message.of("init_by_file_dates"))
    for reference in dataset.references:
        reason = Message.of("init_refers", column=reference.column, dataset=reference.dataset, share=reference.share)
        yield f"  {_line(reason, language)}"
    yield "  columns:"
    for column, note in dataset.columns:
        yield f"    {column_line(column, render(note, language))}"


def _column(column: Column) -> str:
    settings = [f"type: {column.type}"]
    settings += ["required: true"] if column.required else []
    settings += ["personal: true"] if column.personal else []
    settings += [f"unit: {_scalar(column.unit)}"] if column.unit else []
    settings += [f"format: {column.format}"] if column.format else []
    settings += [f"zone: {column.zone}"] if column.zone else []
    settings += [f"path: {write_value(column.path[0]) if len(column.path) == 1 else _flow(list(column.path))}"] if column.path else []
    settings += [f"empty: {_flow(list(column.empty))}"] if column.empty else []
    return "{" + ", ".join(settings) + "}"


def _steps(name: str, steps: Sequence[tuple[Step, Message]], language: str) -> Iterator[str]:
    if steps:
        yield f"{name}:"
    for step, why in steps:
        yield f"  {step_line(step, render(why, language))}"


def step_line(step: Step, why: str) -> str:
    """Return a step as one line of a list, with its reason as comment.

    Example:
        >>> step_line(Step(name="parse"), "reads 1.234,50")
        '- parse  # reads 1.234,50'
    """
    settings = ", ".join(f"{_scalar(key)}: {write_value(value)}" for key, value in step.settings.items())
    return f"- {_scalar(step.name)}" + (f": {{{settings}}}" if settings else "") + _comment(why)


def _recommender(settings: Settings, language: str) -> Iterator[str]:
    if not settings:
        yield _line(Message.of("init_no_recommender"), language)
        return
    yield _line(Message.of("init_recommender"), language)
    yield "recommender:"
    for name, value, why in settings:
        yield f"  {name}: {_flow(value)}" + _comment(render(why, language))
    yield f"  {_line(Message.of('init_people_and_moment'), language)}"


def _flow(value: object) -> str:
    """Return lists and maps in one line, as people write them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(key))}: {write_value(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(write_value, value)) + "]" if isinstance(value, list) else write_value(value)


def write_value(value: object) -> str:
    """Return a value as JSON, which is YAML; what JSON does not know is written as text."""
    return _scalar(value) if isinstance(value, str) else _json(value)


def _scalar(text: str) -> str:
    """Return text as it stands where YAML reads it as that text, else quoted."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED_WORDS else _json(text)


def _json(value: object) -> str:
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False, default=str))


def _comment(text: str) -> str:
    return f"  # {_one_line(text)}" if text else ""


def _line(reason: Message, language: str) -> str:
    return f"# {_one_line(render(reason, language))}"


def _one_line(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
