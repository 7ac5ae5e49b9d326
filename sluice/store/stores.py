"""Make the stores of runs, models, held rows, requests and so on, each when it is first used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sluice.domain import GatePolicy, People, Routing, Schema
from sluice.ports import OutcomePublisher
from sluice.rules.keyed_digests import KeyedDigests
from sluice.store.activity import Activity
from sluice.store.blobs import Blobs
from sluice.store.configurations import Configurations
from sluice.store.database import Database
from sluice.store.decisions import Decisions
from sluice.store.exposures import ExposureLog
from sluice.store.guarded import Measurements
from sluice.store.idempotency import IdempotencyKeys
from sluice.store.incidents import Incidents
from sluice.store.label_plans import LabelPlans
from sluice.store.lake import Lake
from sluice.store.lake_records import LakeRecords
from sluice.store.leases import Leases
from sluice.store.lineage import LineageLog
from sluice.store.looks import Looks
from sluice.store.marks import Marks
from sluice.store.model_answers import ModelAnswers
from sluice.store.model_proposals import ModelProposals
from sluice.store.model_registry import ModelRegistry
from sluice.store.old_records import OldRecords
from sluice.store.outbox import Outbox
from sluice.store.product_matches import KeptMatches
from sluice.store.profiles import Profiles
from sluice.store.publisher import Publisher
from sluice.store.quarantine_index import QuarantineIndex
from sluice.store.quarantine_store import QuarantineStore
from sluice.store.recorded_events import RecordedEvents
from sluice.store.rejections import Rejections
from sluice.store.replays import Replays
from sluice.store.requests import Requests
from sluice.store.running_jobs import RunningJobs
from sluice.store.runs import Runs
from sluice.store.scheduled_runs import ScheduledRuns
from sluice.store.sealing import Sealing
from sluice.store.staging import StagingArea
from sluice.store.suggestions import Suggestions
from sluice.store.suppression_file import SuppressionFile
from sluice.store.suppressions import Suppressions
from sluice.store.trials import Trials
from sluice.store.unanswered import UnansweredQueries
from sluice.store.value_scores import ValueScores


class Stores:
    """Hold a database and a lake, and the stores that read and write them.

    The stores are made when they are first used; none of them imports Delta or Arrow before it reads or writes the lake.

    Attributes:
        database: The records.
        lake: The Delta tables.
        schemas: Every dataset's declared columns, by name.
        people: Who may do what.
    """

    def __init__(
        self,
        database: Database,
        lake: Lake,
        *,
        schemas: Mapping[str, Schema],
        policies: Mapping[str, GatePolicy],
        clock: Callable[[], datetime],
        stage: Path,
        publisher: OutcomePublisher | None = None,
        people: People | None = None,
        routing: Routing | None = None,
        digests: KeyedDigests | None = None,
        sealing: Sealing | None = None,
    ) -> None:
        """Keep what the stores are made of; `open_store` checks the database and the lake first.

        Args:
            database: The records.
            lake: The Delta tables.
            schemas: Every dataset's declared columns, by name.
            policies: Every dataset's limits, by name; the defaults where a name is missing.
            clock: Dates records.
            stage: A local folder in which outcomes wait to be published.
            publisher: What publishes them, such as a worker process; this process unless given.
            people: Who may do what; everybody everything unless given.
            routing: Who is told what; nobody unless given.
            digests: Compute digests of ids that are remembered; without a key unless given.
            sealing: Encrypts the bytes of models; they are stored as they are unless given.
        """
        self.sealing = sealing or Sealing()
        self.people = people or People()
        self.database, self.lake, self.schemas = database, lake, schemas
        self._policies, self._clock, self._stage = policies, clock, stage
        self._publisher, self._routing, self.digests = publisher, routing or Routing(), digests or KeyedDigests()

    @cached_property
    def runs(self) -> Runs:
        """Return the records of runs."""
        return Runs(self.database)

    @cached_property
    def models(self) -> ModelRegistry:
        """Return the registered models."""
        return ModelRegistry(self.database, Blobs(self.lake.root, self.lake.options), self.sealing)

    @cached_property
    def quarantine(self) -> QuarantineStore:
        """Return the held rows and applied repairs."""
        return QuarantineStore(self.database, self.lake, self._clock)

    @cached_property
    def rejections(self) -> Rejections:
        """Return what people rejected."""
        return Rejections(self.database, self._clock, self.schemas)

    @cached_property
    def quarantine_index(self) -> QuarantineIndex:
        """Return what is asked of the quarantine without its cells."""
        return QuarantineIndex(self.database, self.lake)

    @cached_property
    def requests(self) -> Requests:
        """Return what people request."""
        return Requests(self.database, self.schemas, self._clock, self.people)

    @cached_property
    def decisions(self) -> Decisions:
        """Return the gate's decisions and overrides."""
        return Decisions(self.database, self._routing)

    @cached_property
    def guarded(self) -> Measurements:
        """Return the measurements of how much of each dataset is guarded."""
        return Measurements(self.database)

    @cached_property
    def profiles(self) -> Profiles:
        """Return the profiles of the columns of each batch."""
        return Profiles(self.database, self.schemas)

    @cached_property
    def value_scores(self) -> ValueScores:
        """Return the scores of each batch by the values of some columns."""
        return ValueScores(self.database, self.schemas)

    @cached_property
    def activity(self) -> Activity:
        """Return the activity log and the workers' heartbeats."""
        return Activity(self.database)

    @cached_property
    def incidents(self) -> Incidents:
        """Return the incidents."""
        return Incidents(self.database, self.quarantine, self._clock, self.people)

    @cached_property
    def outbox(self) -> Outbox:
        """Return the records of alerts."""
        return Outbox(self.database, self._routing, self.people, self._clock)

    @cached_property
    def suggestions(self) -> Suggestions:
        """Return the rules that accepted batches suggest."""
        return Suggestions(self.database, self._clock)

    @cached_property
    def suppressions(self) -> Suppressions:
        """Return the records of people whose data were erased."""
        return Suppressions(self.database, SuppressionFile(Blobs(self.lake.root, self.lake.options)))

    @cached_property
    def unanswered(self) -> UnansweredQueries:
        """Return the queries of the search that no item answered."""
        return UnansweredQueries(self.database)

    @cached_property
    def recorded_events(self) -> RecordedEvents:
        """Return the events that shops recorded and that are not published yet."""
        return RecordedEvents(self.database, self._clock, digests=self.digests)

    @cached_property
    def exposures(self) -> ExposureLog:
        """Return the log of what shoppers were shown."""
        return ExposureLog(self.database, self._clock)

    @cached_property
    def idempotency_keys(self) -> IdempotencyKeys:
        """Return the keys under which requests were sent."""
        return IdempotencyKeys(self.database, digests=self.digests)

    @cached_property
    def old_records(self) -> OldRecords:
        """Return what deletes records that are older than they are kept."""
        return OldRecords(self.database)

    @cached_property
    def lineage(self) -> LineageLog:
        """Return up to which run lineage events were sent."""
        return LineageLog(self.database)

    @cached_property
    def trials(self) -> Trials:
        """Return the rules that people try."""
        return Trials(self.database)

    @cached_property
    def label_plans(self) -> LabelPlans:
        """Return the rows that people are asked to label."""
        return LabelPlans(self.database)

    @cached_property
    def product_matches(self) -> KeptMatches:
        """Return the products that may be listed under several ids."""
        return KeptMatches(self.database)

    @cached_property
    def model_answers(self) -> ModelAnswers:
        """Return the calls of a language model."""
        return ModelAnswers(self.database)

    @cached_property
    def model_proposals(self) -> ModelProposals:
        """Return what a language model proposes."""
        return ModelProposals(self.database, self._clock)

    @cached_property
    def looks(self) -> Looks:
        """Return when people looked last."""
        return Looks(self.database)

    @cached_property
    def scheduled_runs(self) -> ScheduledRuns:
        """Return the record of scheduled jobs that ran."""
        return ScheduledRuns(self.database)

    @cached_property
    def configurations(self) -> Configurations:
        """Return the versions of the configuration."""
        return Configurations(self.database, self._clock, shared=not self._local_part())

    @cached_property
    def running_jobs(self) -> RunningJobs:
        """Return the record of jobs that run now."""
        return RunningJobs(self.database, self._clock, self.people)

    @cached_property
    def marks(self) -> Marks:
        """Return up to where tables were read."""
        return Marks(self.database)

    @cached_property
    def replays(self) -> Replays:
        """Return the record of which rows that waited for a dataset were judged again."""
        return Replays(self.database)

    @cached_property
    def leases(self) -> Leases:
        """Return the leases."""
        return Leases(self.database, local=self._local_part())

    @cached_property
    def staging(self) -> StagingArea:
        """Return the folder in which outcomes wait to be published."""
        return StagingArea(self._stage, self.schemas, self.lake)

    @cached_property
    def publisher(self) -> Publisher:
        """Return what carries staged outcomes into the lake and the database."""
        return Publisher(self.database, self.lake, self.staging, self.quarantine, self._policies, self._clock, self._routing)

    @property
    def _lake_records(self) -> LakeRecords:
        return LakeRecords(Blobs(self.lake.root, self.lake.options))

    def _local_part(self) -> str:
        """Return what of the store serves one machine alone; empty where several may write."""
        url = self.database.engine.url
        if url.get_backend_name() == "sqlite":
            return f"the database {url.database} (SQLite)"
        return "" if self.lake.remote else f"the lake {self.lake.root} (a local folder)"
