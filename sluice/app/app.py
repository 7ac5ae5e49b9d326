"""Put configuration, store and worker process together; use cases are methods of `App`, or functions that take it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import polars as pl

from sluice import jobs, rules
from sluice.alerts import Sender
from sluice.app.batches import publish_arrivals, replay
from sluice.app.configurations import adopt
from sluice.app.job_watch import watched
from sluice.app.pinned_rows import pinned_rows
from sluice.config import Config
from sluice.domain import Arrival, Decision, Model, Run, Verdict
from sluice.errors import BATCH_ERRORS, RebuildNeeded, SluiceError, SourceError, UsageError
from sluice.jobs.retrain import Training
from sluice.messages import make_error, missing_extra
from sluice.ports import Progress, Source, no_progress
from sluice.sources.settling import Settling
from sluice.store import SqlStore
from sluice.wiring import clock
from sluice.wiring.exposures import ExposuresOfShop
from sluice.wiring.fingerprints import fingerprints
from sluice.wiring.gate import gate_of
from sluice.wiring.model_names import model_names, resolve_name
from sluice.wiring.order import dataset_references
from sluice.wiring.recommender import RECOMMENDER, settings_of
from sluice.wiring.recorded_events import EventsOfShop
from sluice.worker.client import Worker

if TYPE_CHECKING:
    from sluice.serving.service import RecommenderService


def never_interrupted() -> None:
    """Go on."""


@dataclass(eq=False)
class App:
    """Offer the use cases of Sluice; close it when done.

    Attributes:
        path: Path of sluice.yaml.
        config: The configuration.
        store: Records and rows.
        worker: The process in which everything heavy runs.
        settling: Remembers which landed files wait until they are whole.
        checkpoint: Called between the batches of a trial; it raises `Interrupted` where the program ends.
    """

    path: Path
    config: Config
    store: SqlStore
    worker: Worker
    settling: Settling
    checkpoint: Callable[[], None] = never_interrupted
    _sources: dict[str, Source] = field(default_factory=dict)
    _closing: list[Callable[[], None]] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Use as a context, which closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """End the worker process, write what waits to be logged and close the connections."""
        while self._closing:
            self._closing.pop()()
        self.worker.close()
        self.store.close()

    def now(self) -> datetime:
        """Return the time of every decision: the configured clock where there is one."""
        return clock.now(self.config)

    @property
    def sender(self) -> Sender:
        """Return what reaches the addresses of alerts."""
        return Sender(self.config.shop, self.config.sinks)

    def source(self, dataset: str) -> Source:
        """Return the source of a dataset's batches."""
        from sluice.wiring.sources import source_of
        from sluice.wiring.suppression import suppress_arriving

        if dataset not in self._sources:
            suppress = suppress_arriving(self.config, self.store, self.require_dataset(dataset))
            self._sources[dataset] = source_of(self.config, dataset, self.settling, self.store.marks, suppress)
        return self._sources[dataset]

    def require_dataset(self, dataset: str) -> str:
        """Return the name of a configured dataset.

        Raises:
            UsageError: No dataset has that name.
        """
        if dataset not in self.config.datasets:
            raise make_error(UsageError, "no_such_dataset", dataset=dataset, file=self.path.name, datasets=tuple(self.config.datasets))
        return dataset

    # -- batches

    def pending_arrivals(
        self, datasets: Sequence[str] = (), *, retry_failed: bool = False, on_source_error: Callable[[SourceError], object] | None = None
    ) -> list[Arrival]:
        """List what arrived and is not published, in the order of publishing: by time, each after the datasets that it refers to.

        Args:
            datasets: Names of datasets; empty means all.
            retry_failed: Count arrivals that failed before as new.
            on_source_error: Called with the error of a source that does not answer, so that the others go on.

        Raises:
            SourceError: A source does not answer, and `on_source_error` is not given.
        """
        references = dataset_references(self.config)
        pending: list[Arrival] = []
        for name in [self.require_dataset(name) for name in datasets] or references:
            try:
                pending += self.store.new_arrivals(name, list(self.source(name).arrivals()), retry_failed=retry_failed)
            except SourceError as error:
                if on_source_error is None:
                    raise
                on_source_error(error)
        published = [name for name in references if pending and self.store.has_published(name)]
        return rules.order_arrivals(pending, references, published, {name: dataset.every for name, dataset in self.config.datasets.items()})

    def run(
        self,
        arrivals: Sequence[Arrival],
        *,
        retry_failed: bool = False,
        progress: Progress = no_progress,
        on_error: Callable[[Exception], object] | None = None,
    ) -> Generator[Run, None, None]:
        """Publish arrivals, train detectors, replay held rows and measure what is guarded; yield each run once it is published.

        A candidate of the recommender is judged by the clicks until now. Replays and rechecks that an earlier process left undone are carried out too.

        Args:
            arrivals: What arrived; where it is empty and nothing was left undone, no worker process starts.
            retry_failed: Read arrivals again that failed before.
            progress: Called after each published batch, and while it is measured what is guarded.
            on_error: Called with what fails outside of a single batch, such as a lease that another worker holds or the training of a
                detector, so that the rest goes on.

        Raises:
            ConfigError: A step does not fit.
            StoreError: Database or lake refuse, and `on_error` is not given.
            Cancelled: A person cancels the job; the batch under way is published whole, or left as it arrived.
        """
        return publish_arrivals(self, arrivals, retry_failed=retry_failed, progress=progress, on_error=on_error)

    def check(self, arrivals: Sequence[Arrival], *, on_error: Callable[[SluiceError], object]) -> Iterator[tuple[Arrival, list[Verdict]]]:
        """Judge arrivals, each against what is published now, and publish nothing.

        Args:
            arrivals: What arrived.
            on_error: Called with the error of an arrival that cannot be read, so that the others are judged all the same.
        """
        if arrivals:
            self.worker.validate_steps()
        for arrival in arrivals:
            try:
                yield arrival, self.worker.check(arrival, self.store.snapshot().id)
            except (*BATCH_ERRORS, RebuildNeeded) as error:
                on_error(error)

    def replay(self, dataset: str) -> Iterator[Run]:
        """Judge rows again that wait for a dataset that has published: held ones, and published ones that a rule about it could not judge."""
        return replay(self, dataset)

    def audit(self, dataset: str) -> Run:
        """Judge what is published of a dataset."""
        adopt(self.path, self.store.configurations)
        now = self.now()
        number = sum(run.kind == "audit" for run in self.store.runs.of(self.require_dataset(dataset)))
        with watched(self.store.running_jobs, self.worker, "audit", clock.wall(), dataset):
            return jobs.audit(dataset, self.store, self.worker, batch_id=f"audit-{dataset}-{number + 1}", now=now)

    # -- gate

    def gate(self, dataset: str) -> Decision:
        """Decide whether a dataset may be learned from now; computed from the stored runs."""
        return gate_of(self.config, self.store, self.require_dataset(dataset), self.now())

    def published_rows(self, dataset: str, decision: Decision) -> pl.LazyFrame:
        """Return the rows that an open decision pins.

        Raises:
            GateClosed: The decision is not open.
        """
        return pinned_rows(self.config, self.store, self.require_dataset(dataset), decision)

    # -- models

    def resolve_model(self, name: str) -> str:
        """Find the full name of a model, given with its dataset or without.

        Raises:
            UsageError: No model has that name, or more than one.
        """
        return resolve_name(name, model_names(self.config, self.store.models.names()), "model")

    def refit(self, name: str, *, by: str, reason: str, request: str = "") -> Model:
        """Fit a detector from its whole history, due or not; after a rollback it is updated from there.

        Args:
            name: Name of the detector, with its dataset or without.
            by: Who requests it.
            reason: Why.
            request: Id of the request that it carries out; nothing is fitted twice for it.

        Raises:
            UsageError: No such detector learns.
            ModelError: There is too little to learn from.
        """
        return self.worker.refit(name, by, reason, self.now(), request)

    def rollback(self, name: str, *, by: str, reason: str) -> Model:
        """Let the champion before the present one serve again.

        Args:
            name: Name of the model, with its dataset or without.
            by: Who requests it.
            reason: Why.

        Raises:
            UsageError: There is no such model, or no earlier champion whose bytes are stored.
        """
        return self.store.models.rollback(self.resolve_model(name), by=by, reason=reason, at=self.now())

    def retrain(self, *, by: str, log_dir: Path | None = None, progress: Progress = no_progress, request: str = "") -> jobs.Retrained:
        """Train the recommender where the gates are open.

        Args:
            by: Who requests it.
            log_dir: Folder for TensorBoard; None logs nothing.
            progress: Called with each step of the training.
            request: Id of the request that it carries out; nothing is trained twice for it.

        Raises:
            UsageError: No recommender is configured, or TensorBoard is not installed.
            RebuildNeeded: The stored rows of a dataset that it reads do not fit the declaration.
        """
        adopt(self.path, self.store.configurations)
        settings = settings_of(self.config)
        for dataset in settings.reads:
            self.store.require_layout(dataset)
        rules = fingerprints(self.config, settings.reads)
        training = Training(settings.promotion.policy(), rules, str(log_dir.resolve()) if log_dir else None, progress, canary=settings.canary is not None)
        with watched(self.store.running_jobs, self.worker, "retrain", clock.wall(), settings.events):
            return jobs.retrain(RECOMMENDER, settings.reads, self.store, self.gate, self.worker, training, by=by, now=self.now(), request=request)

    def recommender(self, *, in_memory: bool = True) -> RecommenderService:
        """Open the serving recommender; closing it closes this application.

        Args:
            in_memory: Hold all users' histories in memory, for many answers; otherwise each user is looked up.

        Raises:
            UsageError: No recommender is configured, or exposures are to be logged under pseudonyms, and the key is not set.
        """
        try:
            from sluice.serving.exposures import writer_of
            from sluice.serving.service import RecommenderService
        except ModuleNotFoundError as error:
            raise missing_extra(error) or error from None

        service = RecommenderService(self.store, self.config, self.now, EventsOfShop(self.config, self.store), in_memory, closing=self.close)
        service.unanswered = self.store.unanswered.record
        if settings_of(self.config).exposures is not None:
            writer = writer_of(ExposuresOfShop(self.config, self.store))
            service.log_list = writer.add
            self._closing.append(writer.close)
        return service
