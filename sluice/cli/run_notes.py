"""Say what a person should know after a run: what waits, what the scores are of, what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sluice.cli.language import render, render_for, spoken
from sluice.cli.output import say

if TYPE_CHECKING:
    from sluice.app import App
    from sluice.domain import Guarded, Message, Run


def explain_runs(sluice: App, runs: Sequence[Run], guarded: Mapping[str, Guarded | None], missing: Mapping[str, Message]) -> None:
    """Print why runs ended as they did, what was found, and which columns and keys are gone."""
    from sluice.app.findings import finding_lines

    _explain(sluice, runs, guarded)
    for line in finding_lines(sluice, [done for done in runs if done.state == "published"], spoken()):
        say(line)
    for message in _lost_columns(sluice, runs):
        say(render(message))
    for name, message in missing.items():
        say(f"{name}: {render(message)}")


def say_of_files(sluice: App, datasets: Sequence[str]) -> None:
    """Print which files wait until they are whole, which no dataset takes, and which rows a source removed."""
    from sluice.app.removals import describe_removals
    from sluice.app.unmatched import describe_unmatched, unmatched_of

    for message in sluice.settling.waiting.values():
        say(render(message))
    if unmatched := describe_unmatched(unmatched_of(sluice.config, sluice.path)):
        say(render(unmatched))
    for message in describe_removals(sluice, datasets):
        say(render(message))


def say_what_waits(sluice: App, datasets: Sequence[str]) -> None:
    """Print, where nothing new arrived, which datasets wait for a rebuild, and which files could not be read."""
    from sluice.app.unread_files import describe_unread, unread_files

    say_rebuilds(sluice, datasets)
    if unread := describe_unread(unread_files(sluice.config, sluice.store, datasets or sluice.config.datasets, sluice.now())):
        say(render(unread))


def _lost_columns(sluice: App, runs: Sequence[Run]) -> Iterator[Message]:
    """Yield for the newest run of each dataset which lines declare columns that its file lacks."""
    from sluice.app.lost_columns import describe_lost

    for done in {done.dataset: done for done in runs if done.kind == "ingest"}.values():
        yield from describe_lost(sluice.config, sluice.path, done)


def missing_keys_of(sluice: App, runs: Sequence[Run]) -> dict[str, Message]:
    """Return by dataset how many published keys are gone since their rows are held."""
    from sluice.app.held_keys import describe_missing_keys

    messages = {dataset: describe_missing_keys(sluice.store, dataset) for dataset in dict.fromkeys(done.dataset for done in runs)}
    return {dataset: message for dataset, message in messages.items() if message}


def say_rebuilds(sluice: App, datasets: Sequence[str]) -> None:
    """Say which datasets wait for a rebuild; where a batch waits too, its error says so."""
    from sluice.app.rebuilds import waiting_rebuilds

    for message in waiting_rebuilds(sluice, datasets):
        say(render(message))


def guarded_of(sluice: App, runs: Sequence[Run]) -> Mapping[str, Guarded | None]:
    """Return by run what its score is a score of; None where that was not measured."""
    from sluice.rules import guarded_at

    measurements = {
        dataset: [measured.limited_to(sluice.config.datasets[dataset].columns) for measured in sluice.store.guarded.of(dataset)]
        for dataset in {done.dataset for done in runs}
    }
    return {done.id: guarded_at(measurements[done.dataset], done) if done.state == "published" else None for done in runs}


def _explain(sluice: App, runs: Sequence[Run], guarded: Mapping[str, Guarded | None]) -> None:
    """Print the reasons of runs, and of which share of the cells the newest scores are."""
    from sluice.rules import describe_score, repeats_of

    for done in {done.dataset: done for done in runs if done.state == "published"}.values():
        if scored := describe_score(done.published.value, guarded[done.id]):
            say(f"{done.dataset} {Path(done.uri).name or done.id}: {render(scored)}")
    snapshot = sluice.store.snapshot()
    for done in runs:
        repeats = repeats_of(done, snapshot.copies_within(done), sluice.store.quarantine.outdated_by(done))
        for reason in [*([done.error] if done.error else done.reasons), *([repeats] if repeats else [])]:
            say(render_for(done.dataset, Path(done.uri).name or done.id, reason))
