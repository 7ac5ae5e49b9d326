"""Publish what arrived, with all that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count, groupby
from pathlib import Path
from typing import Protocol

from sluice import jobs
from sluice.app.configurations import adopt
from sluice.app.errors import pass_errors
from sluice.app.guarded import measure_guarded
from sluice.app.job_watch import watched
from sluice.app.stored_matches import drop_personal_cells
from sluice.config import Config
from sluice.domain import Arrival, Message, Run
from sluice.errors import RebuildNeeded
from sluice.ports import Progress
from sluice.store import SqlStore
from sluice.wiring import clock
from sluice.wiring.canary import judge_canary
from sluice.wiring.order import compared_datasets, order_of, reference_rules, references_of
from sluice.worker.client import Worker


class PublishingApp(Protocol):
    """Hold what publishing needs of the application."""

    @property
    def path(self) -> Path:
        """Return the path of sluice.yaml."""
        ...

    @property
    def config(self) -> Config:
        """Return the configuration."""
        ...

    @property
    def store(self) -> SqlStore:
        """Return records and rows."""
        ...

    @property
    def worker(self) -> Worker:
        """Return the process in which everything heavy runs."""
        ...

    def now(self) -> datetime:
        """Return the time of every decision."""
        ...


def publish_arrivals(
    app: PublishingApp, arrivals: Sequence[Arrival], *, retry_failed: bool, progress: Progress, on_error: Callable[[Exception], object] | None
) -> Generator[Run, None, None]:
    """Publish arrivals, train detectors, replay held rows and measure what is guarded; see `App.run`."""
    with watched(app.store.running_jobs, app.worker, "ingest", clock.wall()):
        drop_personal_cells(app.config, app.store)
        if app.config.lineage:
            app.store.lineage.begin()
        if arrivals:
            adopt(app.path, app.store.configurations)
            app.worker.validate_steps()
        yield from _publish(app, arrivals, retry_failed=retry_failed, progress=progress, on_error=on_error)
        for dataset in compared_datasets(app.config):  # what an earlier process left undone, or a replay made due
            with pass_errors(on_error), suppress(RebuildNeeded):  # due again after the rebuild, which `sluice run` asks for
                yield from _replay_if_due(app, dataset)
        with pass_errors(on_error):
            judge_canary(app.config, app.store, app.now())
        with pass_errors(on_error):
            list(measure_guarded(app.config, app.store, app.worker, [arrival.dataset for arrival in arrivals], app.now(), progress=progress))


def _publish(
    app: PublishingApp, arrivals: Sequence[Arrival], *, retry_failed: bool, progress: Progress, on_error: Callable[[Exception], object] | None
) -> Iterator[Run]:
    batches, compared = count(1), compared_datasets(app.config)
    for dataset, group in groupby(arrivals, key=lambda arrival: arrival.dataset):
        with pass_errors(on_error):
            for run in jobs.ingest(dataset, group, app.store, app.worker, retry_failed=retry_failed):
                progress(Message.of("step_publishing"), next(batches), len(arrivals))
                yield run
                app.worker.watch.look()
                if app.config.datasets[dataset].detect:
                    with pass_errors(on_error):
                        app.worker.learn(dataset, app.now())
            if dataset in compared:
                yield from _replay_if_due(app, dataset)


def replay(app: PublishingApp, dataset: str) -> Iterator[Run]:
    """Judge rows again that wait for a dataset that has published: held ones, and published ones that a rule about it could not judge."""
    newest = app.store.replays.newest(dataset)
    for name in order_of(app.config):
        references = references_of(app.config, name, dataset)
        if references:
            yield from jobs.replay(name, references, app.store, app.worker, now=app.now())
        compared = [rule for rule, referenced in reference_rules(app.config, name).items() if referenced == dataset]
        if compared and app.store.has_published(dataset):
            yield from jobs.recheck(name, compared, app.store, app.worker)
    app.store.replays.finish(dataset, newest)


def _replay_if_due(app: PublishingApp, dataset: str) -> Iterator[Run]:
    """Judge rows again that wait for a dataset where it published since they were."""
    if app.store.replays.is_due(dataset):
        yield from replay(app, dataset)
