"""The application: configuration, store and child process put together; every command is one of its methods."""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Self, TypeVar

import polars as pl

from recommender.explain.sentence import Language
from recommender.serving.answer import Answer
from sluice import jobs
from sluice.alerts import Alerts
from sluice.app import request_handlers as asked
from sluice.config import Config, load
from sluice.domain import RUN, Arrival, Decision, Message, Model, Request, Run, Verdict
from sluice.errors import GateClosed, LeaseHeld, OutOfMemory, SluiceError, SourceError, StoreError, UsageError
from sluice.jobs.release import Rejudged
from sluice.jobs.retrain import Training
from sluice.messages import render
from sluice.ports import Source
from sluice.serving.service import RecommenderService
from sluice.store import SqlStore
from sluice.wiring import clock
from sluice.wiring.fingerprints import fingerprints
from sluice.wiring.gate import gate_of
from sluice.wiring.model_names import lines_of, meant
from sluice.wiring.recommender import RECOMMENDER
from sluice.wiring.sources import source_of
from sluice.wiring.steps import learners_of, order_of, references_of, trainers_of
from sluice.wiring.stores import open_store_of
from sluice.worker import tasks as worker
from sluice.worker import training as retraining
from sluice.worker.process import WorkerProcess

T = TypeVar("T")


def build(path: str | Path = "sluice.yaml", environment: Mapping[str, str] | None = None) -> App:
    """Make the application of a configuration file.

    Args:
        path: Of sluice.yaml.
        environment: What `${NAME}` stands for; the process's unless given.

    Raises:
        ConfigError: The configuration is wrong.
        MigrationNeeded: The database is older than the program.
    """
    path = Path(path)
    config = load(path, environment)
    return App(path.resolve(), config, open_store_of(config), WorkerProcess(config.limits.memory))


@dataclass(eq=False)
class App:
    """What Sluice does, with everything it needs at hand; close it when done.

    Attributes:
        settled: Says of a landed file, by when it was last written, whether it is whole; one that is not is left for later.
        again: Files that were set aside count as new.
    """

    path: Path
    config: Config
    store: SqlStore
    child: WorkerProcess
    settled: Callable[[datetime], bool] = lambda _: True
    again: bool = False
    _sources: dict[str, Source] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Use as a context, which closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """End the child process, and give the connections back."""
        self.child.close()
        self.store.close()

    def far(self, function: Callable[..., T], *first: object) -> Callable[..., T]:
        """A function of `worker`, to be called in the child process."""
        return functools.partial(self.child, function, str(self.path), *first)

    def now(self) -> datetime:
        """The time of every decision."""
        return clock.now(self.config)

    @property
    def alerts(self) -> Alerts:
        """Where messages go."""
        return Alerts(self.config.shop, self.config.alerts)

    def source(self, dataset: str) -> Source:
        """Where a dataset's batches come from."""
        if dataset not in self._sources:
            self._sources[self.known(dataset)] = source_of(self.config, dataset, self.settled)
        return self._sources[dataset]

    def known(self, dataset: str) -> str:
        """The name itself.

        Raises:
            UsageError: No dataset is called so.
        """
        if dataset not in self.config.datasets:
            raise UsageError(f"no dataset is called {dataset!r}; {self.path.name} has {', '.join(self.config.datasets)}")
        return dataset

    # -- batches

    def waiting(self, datasets: Sequence[str] = (), *, broken: Callable[[SourceError], object] | None = None) -> list[Arrival]:
        """What arrived and is not known yet, in the order in which it is to be published: by time, then by reference.

        Args:
            datasets: All unless named.
            broken: Told of a source that does not answer, so that the others go on.

        Raises:
            SourceError: A source does not answer, and nobody is to be told.
        """
        order = order_of(self.config)
        found: list[Arrival] = []
        for name in [self.known(name) for name in datasets] or order:
            try:
                found += [arrival for arrival in self.source(name).arrivals() if not self.store.is_known(arrival, again=self.again)]
            except SourceError as error:
                if broken is None:
                    raise
                broken(error)
        return sorted(found, key=lambda arrival: (arrival.at, order.index(arrival.dataset)))

    def run(self, arrivals: Sequence[Arrival]) -> Generator[Run, None, None]:
        """Publish arrivals, fit the detectors that are due, and judge held rows again; yields each run once it is published."""
        self.child(worker.check, str(self.path))
        for dataset, group in groupby(arrivals, key=lambda arrival: arrival.dataset):
            for run in jobs.ingest(dataset, group, self.store, self.far(worker.evaluated), again=self.again):
                yield run
                self.learn(dataset)
            yield from self.replay(dataset)

    def check(self, arrivals: Sequence[Arrival], *, unread: Callable[[SluiceError], object]) -> Iterator[tuple[Arrival, list[Verdict]]]:
        """What every rule says of what arrived, each against what is published now; publishes nothing.

        Args:
            arrivals: What is there.
            unread: Told of an arrival that `run` would set aside, so that the others are judged all the same.
        """
        self.child(worker.check, str(self.path))
        for arrival in arrivals:
            try:
                yield arrival, self.far(worker.checked)(arrival, self.store.snapshot().id)
            except (SourceError, OutOfMemory) as error:
                unread(error)

    def learn(self, dataset: str) -> None:
        """Fit a dataset's detectors that are due, and let the others learn on."""
        schema = self.config.datasets[dataset].schema_of(dataset)
        trainers = trainers_of(self.config, self.path, dataset)
        jobs.learn(schema, learners_of(trainers), self.store, self._learning(dataset), now=self.now())

    def line(self, name: str) -> str:
        """The line of models that a name means, with its dataset or without.

        Raises:
            UsageError: None is called so, or more than one.
        """
        return meant(name, lines_of(self.config, self.path, self.store.models.names()), "model")

    def refit(self, name: str, *, by: str, why: str) -> Model:
        """Fit a detector from its whole history, due or not; after a roll-back it learns on from there.

        Args:
            name: The detector, with its dataset or without.
            by: Who asks.
            why: Why.

        Raises:
            UsageError: No such detector learns.
            ModelError: There is too little to learn from.
        """
        learn = [line for dataset in self.config.datasets for line in trainers_of(self.config, self.path, dataset)]
        line = meant(name, learn, "detector that learns")
        return jobs.refit(line, self.store, self._learning(line.partition(".")[0]), by=by, why=Message.text(why), now=self.now())

    def rollback(self, name: str, *, by: str, why: str) -> Model:
        """Let the champion before this one serve again.

        Args:
            name: The line of models, with its dataset or without.
            by: Who asks.
            why: Why.

        Raises:
            UsageError: There is no such line, or no earlier champion whose bytes are kept.
        """
        return self.store.models.rollback(self.line(name), by=by, why=why, at=self.now())

    def _learning(self, dataset: str) -> jobs.Learning:
        return jobs.Learning(self.far(worker.trained, dataset), self.far(worker.updated, dataset))

    def replay(self, dataset: str) -> Iterator[Run]:
        """Judge the rows again that are held for a reference into a dataset that has just published."""
        for name in order_of(self.config):
            waiting_for = references_of(self.config, name, dataset)
            run = jobs.replay(name, waiting_for, self.store, self._rejudged, now=self.now()) if waiting_for else None
            if run is not None:
                yield run

    def audit(self, dataset: str) -> Run:
        """Judge what is published of a dataset."""
        now = self.now()
        number = sum(run.kind == "audit" for run in self.store.runs.of(self.known(dataset)))
        return jobs.audit(dataset, self.store, self.far(worker.audited), batch_id=f"audit-{dataset}-{number + 1}", now=now)

    # -- gate

    def gate(self, dataset: str) -> Decision:
        """Whether a dataset may be learned from now; computed from the stored runs."""
        return gate_of(self.config, self.store, self.known(dataset), self.now())

    def published(self, dataset: str, decision: Decision) -> pl.LazyFrame:
        """The rows that an open decision pins.

        Raises:
            GateClosed: The decision is not open.
        """
        if not decision.open or decision.snapshot is None:
            raise GateClosed(f"{dataset}: the gate is {decision.state}: {'; '.join(map(render, decision.reasons))}")
        rows = self.store.snapshot(decision.snapshot).published(self.known(dataset))
        return rows.filter(pl.col(RUN).is_in(list(decision.runs)))

    # -- models

    def retrain(self, *, by: str, board: Path | None = None) -> jobs.Retrained:
        """Train the recommender where the gates are open; `board` is a folder for TensorBoard, where somebody wants to look.

        Raises:
            UsageError: No recommender is configured, or TensorBoard is not installed.
        """
        if self.config.recommender is None:
            raise UsageError(f"{self.path.name} configures no `recommender`; the README shows how")
        reads = self.config.recommender.reads
        train, policy = self.far(retraining.trained, str(board.resolve()) if board else None), self.config.recommender.promotion.policy()
        training = Training(train, self.far(retraining.compared), policy, fingerprints(self.config, reads))
        return jobs.retrain(RECOMMENDER, reads, self.store, self.gate, training, by=by, now=self.now())

    def server(self, *, whole: bool = True) -> RecommenderService:
        """Answers from the serving recommender; `whole` holds everybody's history in memory, for many answers.

        Raises:
            UsageError: No recommender is configured.
        """
        return RecommenderService(self.store, self.config, self.now, whole, closing=self.close)

    def recommend(self, user: str | None, k: int, language: Language | None = None) -> Answer:
        """What the serving recommender gives a user, or everybody (None); arguments and errors as of `RecommenderService.recommend`."""
        return self.server(whole=False).recommend(user, k, language=language)

    # -- requests

    def work(self) -> int:
        """Carry out what people asked for; how many requests that were.

        Raises:
            StoreError: Database or lake do not answer; what is left stays pending.
        """
        pending = self.store.requests.all(state="pending")
        for request in reversed(pending):
            try:
                self.carry_out(request)
            except LeaseHeld:
                continue  # its dataset is being worked on: it stays pending
            except StoreError:
                raise
            except SluiceError:
                continue  # its answer says why
        return len(pending)

    def carry_out(self, request: Request) -> None:
        """Carry out one request, and record what became of it.

        Raises:
            StoreError: Database or lake do not answer, or another worker is at the dataset; the request stays pending.
            SluiceError: It cannot be carried out, and is refused with that reason.
        """
        asked.carry_out(self, request)

    @property
    def _rejudged(self) -> Rejudged:
        return self.far(worker.rejudged)
