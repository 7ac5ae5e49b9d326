"""Define the keys of sluice.yaml. Frozen; an unknown key is a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Discriminator, Field, PrivateAttr, Tag, model_validator

from sluice.config.alerts import AlertConfig, mistake_in_alerts, routes_of, sinks_of
from sluice.config.api import Api, mistake_in_api
from sluice.config.cron_lines import CronLine
from sluice.config.dashboard import Dashboard
from sluice.config.duration import Duration
from sluice.config.key import Key, KeySetting
from sluice.config.language_model import LanguageModel
from sluice.config.lineage import Lineage
from sluice.config.model import Language, Model, Name, StepConfig
from sluice.config.nested import Paths, misplaced_path
from sluice.config.people import PersonConfig, mistake_in, people_of
from sluice.config.recommender import Recommender
from sluice.config.retention import Retention
from sluice.config.source_models import FileSource, KafkaSource, SourceConfig
from sluice.config.zones import Zone, with_zone_of_shop
from sluice.domain import CellFormat, Column, GatePolicy, Mode, OnChange, People, Role, Routing, Schema, Sink
from sluice.errors import InvalidValue
from sluice.messages import make_error

_FORMAT_TYPES: Mapping[str, tuple[str, ...]] = {
    "dmy": ("date", "timestamp"),
    "mdy": ("date", "timestamp"),
    "epoch": ("timestamp",),
    "excel": ("date", "timestamp"),
    "decimal": ("number", "integer"),
    "whole": ("string",),
}


class ColumnConfig(Model):
    """Declare one column."""

    type: Literal["string", "integer", "number", "boolean", "date", "timestamp"] = "string"
    zone: Zone | None = Field(None, description="time zone of times that name none, such as Europe/Berlin; by default the shop's")
    required: bool = Field(default=False, description="a file without this column is blocked")
    personal: bool = Field(default=False, description="masked wherever people look")
    unit: str | None = Field(None, description="the unit that numbers are kept in, such as g or EUR; it may stand beside a number")
    format: CellFormat | None = Field(
        None,
        description="dmy, mdy: order of day and month; epoch_ms: a count since 1970; excel_serial: days since 1899-12-30, as spreadsheets count them; "
        "decimal_comma: 1.234,50; whole_number: the id 1.0 is 1",
    )
    path: Paths = Field((), description="where its values stand within a nested column: context.ip; of several paths the first with a value counts")
    was: str | None = Field(None, description="the name that the column had before; `sluice rebuild` renames it in the stored rows")
    empty: tuple[str, ...] = Field((), description="words that stand for an empty cell in this column, such as / or (not set)")

    @model_validator(mode="after")
    def _format_fits_type(self) -> ColumnConfig:
        fitting = _FORMAT_TYPES[self.format.partition("_")[0]] if self.format else (self.type,)
        if self.type not in fitting:
            raise make_error(InvalidValue, "format_of_other_type", format=self.format, types=tuple(fitting), type=self.type)
        if self.zone is not None and self.type != "timestamp":
            raise make_error(InvalidValue, "zone_of_other_type", type=self.type)
        return self


class Gate(Model):
    """Limit what a run and the window of runs may fall below or exceed; unnamed limits keep their defaults."""

    minimum: float = Field(90.0, ge=0, le=100, description="lowest that the worst dimension may score")
    max_quarantined: float = Field(0.2, ge=0, le=1, description="largest share of a batch's rows that may be held")
    window: Duration = Field(timedelta(days=28), description="how far back training looks")
    max_closed: float = Field(0.3, ge=0, le=1, description="largest share of the window's rows in closed runs")
    max_age: Duration | None = Field(None, description="the newest batch may be no older")
    allow_untrained_detectors: bool = Field(default=True, description="may training start while a detector waits for history")
    weights: Mapping[str, float] = Field(default_factory=dict, description="weight of each dimension in the score")
    minimum_guarded: float | None = Field(
        None, ge=0, le=1, description="least share of the cells that something must guard, as `sluice guarded` measures it: 0.3; any unless set"
    )

    def policy(self) -> GatePolicy:
        """Return the limits as a value of the domain."""
        limits = (self.minimum, self.max_quarantined, self.window, self.max_closed, self.max_age, self.allow_untrained_detectors)
        return GatePolicy(*limits, dict(self.weights), self.minimum_guarded)


class Dataset(Model):
    """Configure one table that arrives again and again."""

    source: SourceConfig
    mode: Mode = Field("append", description="append: new rows; snapshot: each batch is the whole table; upsert: rows by key")
    key: KeySetting = Field(Key(), description="the columns that name a row; {columns: [sku, store], blank: allowed} where a part may be blank")
    time: str | None = Field(None, description="the column that says when a row's event happened")
    window: Duration = Field(timedelta(days=28), description="how far back keys are looked up")
    every: Duration | None = Field(None, description="the rhythm of arrivals: 1d")
    grace: Duration = Field(timedelta(0), description="how late a batch may be before it counts as missing")
    columns: Mapping[str, ColumnConfig] = Field(description="the declared columns")
    on_change: OnChange | None = Field(
        None,
        description="a row with the key of a published one and other cells: keep the published one, replace it, or hold the row for a person; "
        "unless set, append holds it (but for a row of a batch that is closed or unknown, which it replaces), snapshot and upsert replace the published one",
    )
    max_shrink: float = Field(
        0.5,
        ge=0,
        le=1,
        description="a snapshot that lacks a larger share of the published keys (of the rows, without a key), or of the filled cells of a column, is held as "
        "a whole; from 0.2 on it is reported",
    )
    max_undone: float = Field(
        0.05, ge=0, le=1, description="share of a cleaner's repairs in a column, in the training window, from which on it is told that people undo them"
    )
    suite: tuple[StepConfig, ...] | str = Field((), description="expectations, or the path of a Great Expectations suite in JSON")
    clean: tuple[StepConfig, ...] = Field((), description="cleaners, in the order that they run")
    detect: tuple[StepConfig, ...] = Field((), description="detectors")
    gate: Gate = Gate()
    score_by: tuple[str, ...] = Field(
        (), description="columns such as supplier: each batch is scored by the 20 most frequent values of each, for `sluice scores`; no personal column"
    )
    owner: str = Field("", description="who takes care of it, such as a person or a team: alerts are chosen by it where an incident is assigned to nobody")
    profile: bool = Field(default=True, description="keep for each batch what its columns were like, for `sluice profile`; of personal columns no value")

    @model_validator(mode="after")
    def _names_declared_columns(self) -> Dataset:
        unknown = [name for name in (*self.key.columns, *([self.time] if self.time else [])) if name not in self.columns]
        if unknown:
            raise make_error(InvalidValue, "key_or_time_undeclared", names=tuple(unknown), columns=tuple(self.columns))
        was = [column.was for column in self.columns.values() if column.was]
        if twice := sorted({name for name in was if name in self.columns or was.count(name) > 1}):
            raise make_error(InvalidValue, "was_declared", names=tuple(twice))
        if self.mode == "upsert" and not self.key:
            raise make_error(InvalidValue, "upsert_without_key")
        if self.on_change is not None and not self.key.columns:
            raise make_error(InvalidValue, "on_change_without_key")
        if self.mode == "snapshot" and isinstance(self.source, KafkaSource):
            raise make_error(InvalidValue, "kafka_snapshot")
        if self.mode == "snapshot" and self.on_change not in (None, "replace"):
            raise make_error(InvalidValue, "snapshot_on_change")
        if undeclared := [name for name in getattr(self.source, "join", {}) if name not in self.columns]:
            raise make_error(InvalidValue, "joined_column_undeclared", columns=tuple(undeclared))
        problem = misplaced_path({name: column.path for name, column in self.columns.items()}, getattr(self.source, "explode", None))
        if problem:
            raise make_error(InvalidValue, problem)
        return self

    @property
    def lands_copies(self) -> bool:
        """Return whether rows are copied to files in the state folder before they are read, as those of SQL and Delta tables are."""
        return not isinstance(self.source, FileSource) or self.source.format == "delta"

    def schema_of(self, dataset: str) -> Schema:
        """Return the dataset as a value of the domain."""
        columns = tuple(
            Column(name, one.type, one.required, one.personal, one.unit, one.path, one.empty, one.format, one.was, one.zone)
            for name, one in self.columns.items()
        )
        return Schema(
            dataset, self.mode, self.key.columns, columns, self.time, self.window, self.every, self.grace, self.key.blank == "allowed", self.on_change
        )


class Schedule(Model):
    """Schedule jobs; cron, five fields, weekdays by name."""

    timezone: Zone | None = Field(None, description="of the cron lines; by default the shop's zone")
    ingest: CronLine | None = Field(None, description='cron: "15 * * * *"')
    audit: CronLine | None = None
    retrain: CronLine | None = None
    vacuum: CronLine = Field("40 3 * * *", description="deletes what is older than `retention` says")

    @property
    def crons(self) -> Mapping[str, str]:
        """Return the cron lines of the jobs that have one."""
        lines = {"ingest": self.ingest, "audit": self.audit, "retrain": self.retrain, "vacuum": self.vacuum}
        return {job: cron for job, cron in lines.items() if cron}


class CalendarEntry(Model):
    """Name days on which the shop sells otherwise, such as a sale: findings about volume, prices, novelty and drift report, and hold nothing."""

    first: date = Field(alias="from", description="first day: 2026-11-10")
    last: date = Field(alias="to", description="last day, which belongs to it")
    name: str = Field(description="shown with the findings of these days")

    @model_validator(mode="after")
    def _ends_after_its_beginning(self) -> CalendarEntry:
        if self.last < self.first:
            raise make_error(InvalidValue, "dates_out_of_order", first=str(self.first), last=str(self.last))
        return self


class Limits(Model):
    """Limit the size of an arrival."""

    file: int = Field(4 * 2**30, description="bytes on disk")
    unpacked: int = Field(16 * 2**30, description="bytes once unpacked")
    cell: int = Field(2**20, description="bytes of one cell")
    columns: int = Field(2000)
    memory: int = Field(8 * 2**30, description="bytes of resident memory of the process that reads and judges; larger files are evaluated in parts")


class Spark(Model):
    """Say where parts of large files are evaluated with `engine: spark`."""

    remote: str | None = Field(
        None,
        description="address of Spark Connect, such as sc://host:15002; by default that in SPARK_REMOTE, or the running session of Spark",
    )
    rows: int = Field(1_000_000, ge=1, description="rows of a part at most; a file of fewer rows is evaluated by the worker itself")
    scratch: str | None = Field(
        None, description="folder that the worker and all executors reach under the same path, for rows on their way; by default where stages are, in .sluice"
    )


class RunningClock(Model):
    """Set a clock that shows `start` at the moment `since`, and advances from there: for demonstrations."""

    start: datetime = Field(description="time that the clock shows at `since`")
    since: datetime = Field(description="moment of the computer's clock at which it was started")


def _kind_of_clock(value: object) -> str:
    return "RunningClock" if isinstance(value, Mapping | RunningClock) else "datetime"


ClockConfig = Annotated[Annotated[datetime, Tag("datetime")] | Annotated[RunningClock, Tag("RunningClock")], Discriminator(_kind_of_clock)]


class Config(Model):
    """Hold the whole of sluice.yaml."""

    version: Literal[1] = 1
    shop: str = Field("Shop", description="shown in the dashboard and in alerts")
    language: Language | None = Field(
        None, description="language of the command line and of alerts; by default the command line's is that of the environment (LANG), and that of alerts en"
    )
    zone: Zone | None = Field(None, description="time zone of the shop: of times that name none, of the calendar and of the schedule; by default UTC")
    clock: ClockConfig | None = Field(None, description="time of every decision, pinned or running from a start; for demonstrations and tests alone")
    database: str = Field("sqlite:///.sluice/sluice.db", description="SQLAlchemy address of the records")
    lake: str = Field(".sluice/lake", description="folder or s3:// address of the Delta tables")
    datasets: Mapping[Name, Dataset]
    recommender: Recommender | None = None
    schedule: Schedule = Schedule()
    calendar: tuple[CalendarEntry, ...] = Field((), description="days on which volume, prices, novelty and drift report and hold nothing")
    alerts: tuple[AlertConfig, ...] = Field((), description="addresses as apprise reads them; keep secrets in the environment: ${SLUICE_ALERT}")
    limits: Limits = Limits()
    retention: Retention = Retention()
    engine: Literal["polars", "spark"] = Field("polars", description="what evaluates large files: this machine (polars), or a cluster, in parts (spark)")
    spark: Spark = Spark()
    dashboard: Dashboard = Dashboard()
    api: Api | None = None
    lineage: Lineage | None = None
    language_model: LanguageModel | None = Field(None, description="a language model that people may ask; none unless given, and nothing needs one")
    people: tuple[PersonConfig, ...] = Field((), description="who has which role, once people sign in")
    unmask: Role | None = Field(
        None,
        description="role that sees personal columns as they are on the dashboard and over the HTTP API, as do greater ones, once it signed in; "
        "by default nobody does",
    )

    approval: Literal["one", "two"] = Field(
        "one", description="people that a change of this file needs: with `two` it is a draft until another person approves it"
    )

    _root: Path = PrivateAttr(default=Path())

    @model_validator(mode="before")
    @classmethod
    def _columns_in_zone(cls, values: object) -> object:
        return with_zone_of_shop(values)

    @model_validator(mode="after")
    def _people_can_sign_in(self) -> Config:
        if mistake := mistake_in(self.dashboard, self.people, self.datasets, self.unmask, self.api) or mistake_in_api(self.api, self.dashboard):
            raise make_error(InvalidValue, mistake)
        return self

    @model_validator(mode="after")
    def _addresses_differ(self) -> Config:
        if mistake := mistake_in_alerts(self.alerts):
            raise make_error(InvalidValue, mistake)
        return self

    @property
    def sinks(self) -> Mapping[str, Sink]:
        """Return the addresses to which alerts are sent, by name."""
        return sinks_of(self.alerts, self.language or "en")

    @property
    def routing(self) -> Routing:
        """Return who is told what."""
        owners = {name: dataset.owner for name, dataset in self.datasets.items() if dataset.owner}
        return Routing(routes_of(self.alerts, self.shop_zone), owners)

    @property
    def roles(self) -> People:
        """Return who may do what."""
        return people_of(self.dashboard, self.people, self.unmask, self.api)

    @property
    def learns_from(self) -> str:
        """Return the dataset whose events the recommender learns from; empty where there is none."""
        return self.recommender.events if self.recommender else ""

    @property
    def shop_zone(self) -> str:
        """Return the time zone of the shop's days."""
        return self.zone or self.schedule.timezone or "UTC"

    @property
    def schedule_zone(self) -> str:
        """Return the time zone of the cron lines."""
        return self.schedule.timezone or self.shop_zone

    @property
    def root(self) -> Path:
        """Return the folder of sluice.yaml; relative paths start there."""
        return self._root

    def at(self, root: Path) -> Config:
        """Return the configuration with its folder."""
        copy = self.model_copy()
        copy.__pydantic_private__ = {"_root": root}
        return copy

    def path(self, relative: str) -> str:
        """Return a configured path as an absolute one; an address with a scheme stays as it is."""
        return relative if "://" in relative else str((self._root / relative).resolve())

    @property
    def database_url(self) -> str:
        """Return the address of the records, with a relative SQLite path as an absolute one."""
        scheme, _, rest = self.database.partition(":///")
        if scheme.startswith("sqlite") and rest and not rest.startswith("/"):
            return f"{scheme}:///{(self._root / rest).resolve()}"
        return self.database
