"""Define the keys of sluice.yaml that say where the batches of a dataset come from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from sluice.config.duration import Duration
from sluice.config.model import Model
from sluice.config.nested import PathText
from sluice.domain import FileFormat, Guard, ReadOptions
from sluice.errors import InvalidValue
from sluice.messages import make_error


def _text_encoding(names: str | tuple[str, ...]) -> str:
    """Return one name, or the names of several encodings, each of which can be told line by line."""
    listed = tuple(part.strip() for part in names.split(",")) if isinstance(names, str) else names
    for name in listed:
        try:
            line_end = "\n".encode(name)
        except LookupError:
            raise make_error(InvalidValue, "encoding_unknown", name=name) from None
        if len(listed) > 1 and line_end != b"\n":
            raise make_error(InvalidValue, "encoding_alone", name=name)
    return ", ".join(listed)


EncodingName = Annotated[str, BeforeValidator(_text_encoding, json_schema_input_type=str | tuple[str, ...])]

_OWN_OPTIONS = frozenset(  # set by Sluice, or of `kafka` and `group`; a plugin would be code that a configuration runs
    {"bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit", "enable.auto.offset.store", "enable.partition.eof", "auto.offset.reset"}
    | {"plugin.library.paths"}
)


class FileSource(Model):
    """Read a landing folder: each new file that matches the pattern is a batch; so is each new version of a Delta table."""

    files: str = Field(
        description="pattern of files, relative to sluice.yaml: landing/events/*.jsonl.gz; a/b.csv takes a/b_2026-11-28.csv, too; or a Delta table's folder"
    )
    format: FileFormat | None = Field(None, description="derived from the file's ending, or from its content, unless named")
    separator: str | None = Field(None, min_length=1, max_length=1, description="between the fields of a CSV file; by default a comma, in .tsv files a tab")
    encoding: EncodingName = Field(
        "utf-8",
        description="of text: cp1252, gb18030, big5, cp932, cp949, utf-16 and others that Python has; [utf-8, cp1252] reads each line in the first that can",
    )
    header: bool | Literal["search"] = Field(
        default=True, description="true: the first line holds the names; false: no line does; search: the first line that holds the declared names"
    )
    header_rows: int = Field(
        1, ge=1, le=10, description="with `header: search`: most rows of the header: the first has the names, others units or descriptions, and no number"
    )
    names: tuple[str, ...] = Field((), description="names of the columns where `header` is false; by default c1, c2 and so on")
    footer: bool = Field(default=False, description="at most ten records at the end with fewer fields than the header, or named a total, are left out")
    records: str | None = Field(None, description="where the rows are: a key such as data.products in a JSON document, the repeated element in XML")
    sheet: str | None = Field(None, description="sheet of a spreadsheet; by default the first that has cells")
    explode: PathText | None = Field(None, description="path of a list within the file, such as items: one row for each of its elements")
    group_by: tuple[str, ...] = Field((), description="columns that name rows which belong together, such as the number of an order")
    fill_down: tuple[str, ...] = Field((), description="columns that are written in the first row of a group alone; its other rows get the same value")
    number_rows: str | None = Field(None, description="name of a column with the position of each row in its group, from 1: the line of an order")
    join: Mapping[str, Annotated[tuple[str, ...], Field(min_length=2)]] = Field(
        {}, description="new columns, each with the columns whose texts it joins: `{time: [Date, Time]}` makes one time of a date and a time of day"
    )
    guard: tuple[Guard, ...] = Field((), description="what the system writes around cells, to be taken off: an apostrophe or a blank before = + - @")
    escaped: tuple[str, ...] = Field((), description=r"columns in which the two characters \n stand for a line break, as WooCommerce writes descriptions")
    lists: tuple[str, ...] = Field((), description=r"columns with lists such as `Tees\, long, Sale`, read as JSON: `[\"Tees, long\", \"Sale\"]`")
    apostrophes: tuple[str, ...] = Field((), description="columns whose texts all begin with an apostrophe that is no part of them, as spreadsheets mark text")

    settle: Duration | None = Field(
        None,
        description="a file is read once it stays unchanged for so long, such as 60s; `serve` waits 5s unless it is set, and `run` for lines without an end",
    )
    done: str = Field(
        "", description="a file is read once this one is there: `{name}.done` beside each, or one for its folder, such as SHA256SUMS, which may list digests"
    )

    @model_validator(mode="after")
    def _rows_are_searched(self) -> FileSource:
        if self.header_rows > 1 and self.header != "search":
            raise make_error(InvalidValue, "header_rows_alone")
        return self

    @model_validator(mode="after")
    def _columns_are_made(self) -> FileSource:
        if (self.fill_down or self.number_rows) and not self.group_by:
            raise make_error(InvalidValue, "group_by_missing")
        parts = {part for columns in self.join.values() for part in columns}
        if wrong := sorted(parts & self.join.keys()):
            raise make_error(InvalidValue, "joined_column_taken", columns=tuple(wrong))
        if twice := sorted(name for name, columns in self.join.items() if len({*columns}) < len(columns)):
            raise make_error(InvalidValue, "joined_column_twice", columns=tuple(twice))
        return self

    def options(self) -> ReadOptions:
        """Return the settings that say how a file is read, as a value of the domain."""
        return ReadOptions(**self.model_dump(exclude={"files", "settle", "done", "join"}), join=tuple(self.join.items()))


class SqlSource(Model):
    """Read a SQL table from where the last batch ended."""

    url: str = Field(description="SQLAlchemy address; keep the password in the environment: ${SHOP_DATABASE_URL}")
    table: str = Field(description="table or view to read")
    watermark: str = Field(description="a column that only grows, such as an id or the time of the last change")
    look_back: Duration | Annotated[float, Field(ge=0)] | None = Field(
        None,
        description="rows that commit late are read where they are so far under the highest watermark: a time such as 2h, or a number; by default 10m or 1000",
    )


class KafkaSource(Model):
    """Read the messages of a Kafka topic, each a JSON object, from where the last batch ended."""

    kafka: str = Field(description="bootstrap servers, with a comma between them: broker-1.example:9093,broker-2.example:9093")
    topic: str = Field(min_length=1, description="topic to read; what arrived since the last batch is one")
    since: datetime | None = Field(None, description="the first read takes messages of this time and later; by default all that the topic has")
    gone: Literal["stop", "skip"] = Field(
        "stop", description="messages that the broker deleted before they were read: stop with an error, or skip to the first one that is there"
    )
    group: str = Field(
        "", description="group of consumers to which published offsets are committed, for those who watch its lag; Sluice reads nothing from there"
    )
    options: Mapping[str, str | int | bool] = Field(
        {}, description="settings of librdkafka, such as {security.protocol: SASL_SSL, sasl.password: '${KAFKA_PASSWORD}'}; keep secrets in the environment"
    )

    @model_validator(mode="after")
    def _options_are_free(self) -> KafkaSource:
        if wrong := sorted(self.options.keys() & _OWN_OPTIONS):
            raise make_error(InvalidValue, "kafka_option_own", options=tuple(wrong))
        return self


class LogSource(Model):
    """Read what Sluice itself logs, from where the last batch ended."""

    log: Literal["exposures"] = Field(description="exposures: what the recommender has shown, where `recommender.exposures` logs it")


def _kind_of_source(value: object) -> str:
    keys = set(value if isinstance(value, Mapping) else getattr(value, "model_fields_set", ()))
    return (
        "LogSource" if "log" in keys else "KafkaSource" if {"kafka", "topic"} & keys else "SqlSource" if {"url", "table", "watermark"} & keys else "FileSource"
    )


SourceConfig = Annotated[
    Annotated[FileSource, Tag("FileSource")]
    | Annotated[SqlSource, Tag("SqlSource")]
    | Annotated[KafkaSource, Tag("KafkaSource")]
    | Annotated[LogSource, Tag("LogSource")],
    Discriminator(_kind_of_source),
]
