"""Writes a commented sluice.yaml from what was found in a folder; every suggestion says why it is made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from sluice.config.duration import write_duration
from sluice.config.found import Found
from sluice.config.model import Step
from sluice.domain import Column, counted

Steps: TypeAlias = Mapping[str, Sequence[tuple[Step, str]]]
Settings: TypeAlias = Sequence[tuple[str, object, str]]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:[ ./-][A-Za-z0-9_]+)*")
_FORBIDDEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")  # in YAML, unless escaped
_MEANS_ELSE = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_EXPLAINED = {
    "append": "each file brings new rows",
    "snapshot": "each file is the whole table again",
    "upsert": "each file brings new rows and new versions of old ones",
}


def write(
    found: Sequence[Found],
    suites: Steps,
    clean: Steps | None = None,
    detect: Steps | None = None,
    recommender: Settings = (),
    shop: str = "Shop",
) -> str:
    """The text of a sluice.yaml that `read` accepts.

    Args:
        found: The datasets.
        suites: The expectations of each dataset, each with the reason that it is suggested for.
        clean: The cleaners, likewise.
        detect: The detectors, likewise.
        recommender: What it reads: each setting with its value, and the reason.
        shop: The name shown in the dashboard.
    """
    lines = [
        "# Written by `sluice init` from the files that it found: read it through, and change what you know better.",
        "version: 1",
        f"shop: {_scalar(shop)}",
        "",
        "datasets:",
    ]
    for each in found:
        lines += [f"  {line}".rstrip() for line in _dataset(each)]
        for name, steps in (("suite", suites), ("clean", clean or {}), ("detect", detect or {})):
            lines += [f"    {line}" for line in _steps(name, steps.get(each.dataset, ()))]
        lines.append("")
    return "\n".join([*lines, *_recommender(recommender), ""])


def _dataset(each: Found) -> Iterator[str]:
    yield f"{each.dataset}:" + _comment(f"{counted(each.rows, 'row')} looked at in {counted(each.files, 'file')}")
    if each.note:
        yield f"  # {_one_line(each.note)}"
    yield "  source:"
    yield f"    files: {_scalar(each.pattern)}"
    if each.format:
        yield f"    format: {each.format}"
    if each.format == "csv" and each.separator != ",":
        yield f"    separator: {json.dumps(each.separator)}"
    yield f"  mode: {each.mode}" + _comment(_EXPLAINED[each.mode])
    if each.key:
        yield f"  key: [{', '.join(map(_scalar, each.key))}]" + _comment("tells the rows apart")
    if each.time:
        yield f"  time: {_scalar(each.time)}" + _comment("when a row's event happened")
    if each.every:
        yield f"  every: {write_duration(each.every)}" + _comment("told by the dates in the files' names")
    for reference in each.references:
        yield f"  # {_one_line(reference.column)} refers to {reference.dataset}: {reference.share:.1%} of its values are known there"
    yield "  columns:"
    for column, note in each.columns:
        yield f"    {_scalar(column.name)}: {_column(column)}" + _comment(note)


def _column(column: Column) -> str:
    settings = [f"type: {column.type}"]
    settings += ["required: true"] if column.required else []
    settings += ["personal: true"] if column.personal else []
    settings += [f"unit: {_scalar(column.unit)}"] if column.unit else []
    return "{" + ", ".join(settings) + "}"


def _steps(name: str, steps: Sequence[tuple[Step, str]]) -> Iterator[str]:
    if steps:
        yield f"{name}:"
    for step, why in steps:
        settings = ", ".join(f"{_scalar(key)}: {_value(value)}" for key, value in step.settings.items())
        yield f"  - {_scalar(step.name)}" + (f": {{{settings}}}" if settings else "") + _comment(why)


def _recommender(settings: Settings) -> Iterator[str]:
    if not settings:
        yield "# No part `recommender`: it needs events of users with items of another dataset, under one name in both; see docs/background/recommender.md."
        return
    yield "# What learns from the batches that the gates let through: `sluice retrain`, then `sluice recommend` and `sluice search`."
    yield "recommender:"
    for name, value, why in settings:
        yield f"  {name}: {_flow(value)}" + _comment(why)


def _flow(value: object) -> str:
    """Lists and maps in one line, as people write them."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_value(each)}" for key, each in value.items()) + "}"
    return "[" + ", ".join(map(_value, value)) + "]" if isinstance(value, list) else _value(value)


def _value(value: object) -> str:
    """JSON is YAML; whatever JSON does not know is written as text."""
    return _scalar(value) if isinstance(value, str) else _json(value)


def _scalar(text: str) -> str:
    """Text as it stands where YAML reads it as that text, else quoted."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _MEANS_ELSE else _json(text)


def _json(value: object) -> str:
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False, default=str))


def _comment(text: str) -> str:
    return f"  # {_one_line(text)}" if text else ""


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
