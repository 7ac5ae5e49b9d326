"""Propose what a grown folder adds to the present sluice.yaml; nothing that is written there changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sluice.app.config_scaffold import suggest_steps
from sluice.config import Config, FileSource, edit, load
from sluice.config.checks import Check, worst_checks
from sluice.config.inferred import InferredDataset
from sluice.config.text import difference, read_text
from sluice.config.write import check_line, column_line, write_dataset
from sluice.domain import Batch, Column, Message
from sluice.errors import SourceError
from sluice.messages import languages, render
from sluice.ports import Progress, no_progress
from sluice.sources import DeltaSource
from sluice.sources import FileSource as Files
from sluice.sources.delta import read_newest_version
from sluice.sources.files import matching_files
from sluice.sources.infer import infer
from sluice.wiring.sources import source_of

_SAME = 0.9  # share of the names of two tables' columns from which they may be one table


@dataclass(frozen=True, slots=True)
class Growth:
    """Hold what is proposed for one dataset of the present configuration, or a new one.

    Attributes:
        dataset: Its name.
        added: The new dataset; None for a present one.
        columns: New columns, each with the reason for its type.
        whole_numbers: Present columns of ids that are to be read with `format: whole_number`.
        checks: What a person should decide.
    """

    dataset: str
    added: InferredDataset | None = None
    columns: tuple[tuple[Column, Message], ...] = ()
    whole_numbers: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    def facts(self) -> Iterator[Mapping[str, object]]:
        """Yield one row for each proposal."""
        if self.added:
            yield {"proposal": "add dataset", "place": self.dataset, "reason": Message.of("growth_dataset", pattern=self.added.pattern)}
        for column, note in self.columns:
            yield {"proposal": "add column", "place": f"{self.dataset}.{column.name}", "reason": note or Message.of("growth_column", type=column.type)}
        for name in self.whole_numbers:
            reason = Message.of("growth_whole_numbers")
            yield {"proposal": "declare format: whole_number", "place": f"{self.dataset}.{name}", "reason": reason}
        for check in self.checks if self.added is None else ():
            yield {"proposal": "check", "place": check.place, "reason": check.reason}


def propose_growth(folder: Path, path: Path, on_unreadable: Callable[[Message], None], progress: Progress = no_progress) -> list[Growth]:
    """Compare the files of a folder with a configuration.

    Args:
        folder: Folder of the files.
        path: Path of sluice.yaml.
        on_unreadable: Called with the reason of each dataset that cannot be read.
        progress: Called with the number of files of a dataset before each long one is read.

    Raises:
        ConfigError: The configuration is wrong.
        SourceError: There is no file of a known format, or none can be read.
    """
    config = load(path, quiet=True)
    inferred = infer(folder, path.resolve().parent, skipped=on_unreadable, progress=progress)
    owners = _owners(config)
    grown: dict[str, Growth] = {}  # by inferred name
    for dataset in inferred:
        growth = _of_present(config, dataset, owners)
        grown |= {dataset.dataset: growth} if growth else {}
    names = {one.dataset: grown[one.dataset].dataset if one.dataset in grown else _unique(one.dataset, config.datasets) for one in inferred}
    new = [_renamed(dataset, names) for dataset in inferred if dataset.dataset not in grown]
    return _with_worst_checks([*grown.values(), *(Growth(dataset.dataset, dataset) for dataset in new)])


def _of_present(config: Config, inferred: InferredDataset, owners: Mapping[Path, str]) -> Growth | None:
    """Return what files add to a present dataset; None where they are of a new one."""
    files = matching_files(config.root, inferred.pattern)
    taken = [owners[file] for file in files if file in owners]
    untaken = [file for file in files if file not in owners]
    if taken:
        return _grown(config, max(set(taken), key=taken.count), inferred, untaken)
    like = _same_table(config, inferred)
    return Growth(like, checks=(_other_files(like, inferred.pattern, untaken),)) if like else None


def _renamed(dataset: InferredDataset, names: Mapping[str, str]) -> InferredDataset:
    """Return a dataset under a free name, with references to present datasets under their names."""
    references = tuple(replace(one, dataset=names.get(one.dataset, one.dataset)) for one in dataset.references)
    return replace(dataset, dataset=names[dataset.dataset], references=references)


def _with_worst_checks(growths: Sequence[Growth]) -> list[Growth]:
    """Leave the worst checks of present datasets, as few as `sluice init` writes, and what proposes nothing out."""
    worst = worst_checks(check for growth in growths for check in growth.checks)
    left = [replace(growth, checks=tuple(check for check in growth.checks if check in worst)) for growth in growths]
    return [growth for growth in left if growth.added or growth.columns or growth.whole_numbers or growth.checks]


def edited(path: Path, growths: Sequence[Growth], language: str = "en") -> tuple[str, str]:
    """Return the edited text of a configuration, and its difference from the present one.

    Args:
        path: Path of sluice.yaml.
        growths: What is added.
        language: Language of the comments of added lines.

    Raises:
        UsageError: A part of the text that gets a line is written within braces.
        ConfigError: The edited text would not be read.
    """
    before = after = read_text(path)
    for growth in growths:
        if growth.columns:
            after = edit.add_columns(after, growth.dataset, [column_line(column, render(note, language)) for column, note in growth.columns])
        for name in growth.whole_numbers:
            after = edit.add_setting(after, growth.dataset, name, "format: whole_number")
        checks = growth.checks if growth.added is None else ()
        comments = [check_line(check, language) for check in checks if not any(check_line(check, written) in before for written in languages())]
        if comments:
            after = edit.add_comments(after, growth.dataset, comments)
    for lines in _new_datasets([growth.added for growth in growths if growth.added], path, language):
        after = edit.add_dataset(after, lines)
    return after, difference(path, before, after)


def _owners(config: Config) -> dict[Path, str]:
    """Return the dataset that takes each file."""
    sources = {name: dataset.source for name, dataset in config.datasets.items() if isinstance(dataset.source, FileSource)}
    return {file: name for name, source in sources.items() for file in matching_files(config.root, source.files)}


def _grown(config: Config, name: str, inferred: InferredDataset, untaken: Sequence[Path]) -> Growth:
    """Compare the newest file of a present dataset with its columns."""
    others = (_other_files(name, inferred.pattern, untaken),) if untaken else ()
    batch, declared = _newest(config, name), config.datasets[name].columns
    ids = [column for column in inferred.decimal_ids if column in declared]
    whole_numbers = tuple(column for column in ids if declared[column].type == "string" and declared[column].format is None)
    if batch is None or batch.columns is None:
        return Growth(name, whole_numbers=whole_numbers, checks=others)
    gone = [column for column in declared if column not in batch.columns]
    unlisted = [column for column in batch.columns if column not in declared and column not in batch.similar.values()]
    described = {column.name: (column, note) for column, note in inferred.columns}
    columns = tuple((replace(described[column][0], required=False), described[column][1]) for column in unlisted if column in described)
    checks = [_gone(name, column, batch.similar.get(column)) for column in gone]
    unknown = [column for column in unlisted if column not in described]
    checks += [Check(Message.of("growth_undeclared", column=column), "unread", name) for column in unknown]
    return Growth(name, columns=columns, whole_numbers=whole_numbers, checks=(*others, *checks))


def _newest(config: Config, name: str) -> Batch | None:
    """Return the newest file of a dataset that can be read."""
    source = source_of(config, name)
    with suppress(SourceError):
        if isinstance(source, DeltaSource):
            return read_newest_version(source.schema, source.folder, source.limits, source.options)
        for arrival in reversed(list(source.arrivals()) if isinstance(source, Files) else []):
            with suppress(SourceError):
                return source.read(arrival)
    return None


def _gone(dataset: str, column: str, renamed: str | None) -> Check:
    if renamed:
        return Check(Message.of("growth_renamed", renamed=renamed, column=column, dataset=dataset), "unread", dataset, column)
    return Check(Message.of("growth_gone"), "unread", dataset, column)


def _other_files(dataset: str, pattern: str, files: Sequence[Path]) -> Check:
    return Check(Message.of("growth_files", files=len(files), pattern=pattern, file=files[0].name), "unread", dataset)


def _same_table(config: Config, inferred: InferredDataset) -> str | None:
    """Return the present dataset of the inferred name whose columns are nearly all those of the files."""
    present = config.datasets.get(inferred.dataset)
    if present is None or not isinstance(present.source, FileSource):
        return None
    names, declared = {column.name for column, _ in inferred.columns}, set(present.columns)
    return inferred.dataset if len(names & declared) >= _SAME * len(names | declared) else None


def _new_datasets(datasets: Sequence[InferredDataset], path: Path, language: str) -> Iterator[list[str]]:
    if not datasets:
        return
    config = load(path, quiet=True)
    newest = {name: _newest(config, name) for name in config.datasets}
    present = {name: (config.datasets[name].schema_of(name), batch.rows) for name, batch in newest.items() if batch is not None}
    suggested = suggest_steps(datasets, path.resolve().parent, present)
    for dataset in datasets:
        name = dataset.dataset
        checks = [*dataset.checks, *(check for check in suggested.doubts if check.dataset == name)]
        steps = {"suite": suggested.suite[name], "clean": suggested.clean[name], "detect": suggested.detect[name]}
        yield list(write_dataset(dataset, checks, steps, language))


def _unique(name: str, taken: Collection[str]) -> str:
    return name if name not in taken else next(choice for number in range(2, len(taken) + 3) if (choice := f"{name}_{number}") not in taken)
