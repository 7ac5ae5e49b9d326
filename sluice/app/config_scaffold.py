"""A first configuration for a folder of data: what is in it, and a suite that the data meets, or nearly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from checks.suggest import suggest
from cleaning.suggest import suggest_dependencies
from sluice.config import Limits, Step
from sluice.config.found import Found
from sluice.config.write import write
from sluice.domain import Batch
from sluice.errors import SourceError
from sluice.sources import FileSource
from sluice.sources.infer import infer
from sluice.sources.infer.recommended import recommended

Reasoned = list[tuple[Step, str]]


def first_configuration(folder: Path, root: Path, left_out: Callable[[str], None]) -> tuple[list[Mapping[str, object]], str]:
    """What each dataset of a folder seems to be, and the text of a sluice.yaml for them.

    Args:
        folder: Holds the files.
        root: The folder that sluice.yaml is to stand in.
        left_out: Told of each dataset that cannot be read, and why.

    Raises:
        SourceError: There is no file of a known format, or none can be read.
    """
    found = infer(folder, root, left_out=left_out)
    batches = {each.dataset: newest(each, root) for each in found}
    known = {each.dataset: (each.schema, batches[each.dataset].rows) for each in found}
    suites: dict[str, Reasoned] = {}
    for each in found:
        others = {name: other for name, other in known.items() if name != each.dataset}
        suites[each.dataset] = [(made.step, made.reason) for made in suggest(*known[each.dataset], others)]
    clean = {each.dataset: [*cleaners(each), *suggest_dependencies(*known[each.dataset])] for each in found}
    detect = {each.dataset: detectors(each) for each in found}
    learned = recommended(found, {name: batch.rows for name, batch in batches.items()})
    return [facts(each, len(suites[each.dataset])) for each in found], write(found, suites, clean, detect, learned)


def newest(found: Found, root: Path) -> Batch:
    """The newest file of a dataset that can be read, as it would be."""
    source = FileSource(found.schema, found.pattern, root, Limits(), found.format, found.separator)
    arrivals = list(source.arrivals())
    for arrival in reversed(arrivals[1:]):
        with suppress(SourceError):
            return source.read(arrival)
    return source.read(arrivals[0])


def cleaners(found: Found) -> Reasoned:
    """The cleaners that fit any data."""
    steps = [
        (Step(name="parse"), "reads 1.234,50 and the like where a number or a time is declared"),
        (Step(name="normalize_text"), "white space, HTML entities, mojibake, N/A"),
    ]
    if found.key and found.mode == "append":
        steps.append((Step(name="deduplicate"), "rows that arrive again are held, and name the row that they repeat"))
    return steps


def detectors(found: Found) -> Reasoned:
    """A detector, where there are columns enough to compare."""
    if len(found.columns) - len(found.key) < 3:
        return []
    return [(Step(name="autoencoder", settings={"budget": 0.01}), "flags at most 1 % of usual rows; waits for history first")]


def facts(found: Found, rules: int) -> Mapping[str, object]:
    """One dataset in one line."""
    types = [f"{column.name} {column.type}" + (" (personal)" if column.personal else "") for column, _ in found.columns]
    return {
        "dataset": found.dataset,
        "files": found.files,
        "rows": found.rows,
        "mode": found.mode,
        "key": ", ".join(found.key) or "none found",
        "time": found.time,
        "refers to": ", ".join(f"{each.column} → {each.dataset}.{each.key}" for each in found.references),
        "rules": rules,
        "columns": ", ".join(types),
    }
