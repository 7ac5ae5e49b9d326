"""Check a frame in memory: no store, no folder, no configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter, ValidationError

from checks.checker import Checker
from sluice import rules
from sluice.config import SettingsError, Step
from sluice.config.mistakes import describe_mistake
from sluice.config.model import StepConfig
from sluice.domain import RAW, RAW_TYPE, REASONS, RESERVED, ROW, Batch, Column, Message, Schema, Split, Verdict, counted
from sluice.errors import UsageError
from sluice.messages import error_message, make_error, render
from sluice.testing import MemorySnapshot
from sluice.wiring import clock

Suite = Sequence[object] | str | Path  # each a name, or a mapping of a name to its settings
NAME = "frame"  # of the dataset, in messages


@dataclass(frozen=True, eq=False)
class Report:
    """Hold the result of checking a frame.

    Attributes:
        rows: The checked rows, with `_row_id` (their position).
        verdicts: One verdict for each rule.
        split: The good and the bad rows as batches; bad rows have `_reasons`.
    """

    rows: pl.DataFrame
    verdicts: tuple[Verdict, ...]
    split: Split

    @property
    def good(self) -> pl.DataFrame:
        """Return the good rows, without reserved columns."""
        return self.split.good.rows.drop(RESERVED, strict=False)

    @property
    def bad(self) -> pl.DataFrame:
        """Return the bad rows, with the names of the rules that they fail in `reasons`."""
        rows = self.split.bad.rows
        names = pl.col(REASONS).list.eval(pl.element().struct.field("name")) if REASONS in rows.columns else pl.lit(None)
        return rows.with_columns(names.alias("reasons")).drop(RESERVED, strict=False)

    def __str__(self) -> str:
        """Format the counts and every verdict that did not pass."""
        lines = [f"{counted(self.rows.height, 'row')}: {self.good.height:,} good, {self.bad.height:,} bad"]
        for verdict in self.verdicts:
            text = render(Message.from_json(verdict.observed)) if verdict.status in ("failed", "not_evaluated") else ""
            lines.append(f"{verdict.status:13} {verdict.rule}{': ' + text if text else ''}")
        return "\n".join(lines)


def check(frame: pl.DataFrame, suite: Suite) -> Report:
    """Check the rows of a frame by a suite of expectations.

    Args:
        frame: Rows to check.
        suite: Expectations as in sluice.yaml (`name`, or `{name: settings}`), or the path of a Great Expectations suite in JSON.

    Raises:
        UsageError: An expectation is unknown, or its settings do not fit; or `frame` is no Polars frame.

    Example:
        >>> import polars as pl
        >>> frame = pl.DataFrame({"item": ["i1", None], "price": [9.5, -1.0]})
        >>> report = check(frame, [{"expect_column_values_to_not_be_null": {"column": "item"}}])
        >>> report.good["item"].to_list(), report.bad["reasons"].to_list()
        (['i1'], [['expect_column_values_to_not_be_null:item']])
    """
    if not isinstance(frame, pl.DataFrame):
        kind = f"{type(frame).__module__.partition('.')[0]}.{type(frame).__name__}"
        raise make_error(UsageError, "check_no_frame", type=kind.removeprefix("builtins."))
    schema = Schema(NAME, columns=tuple(Column(name, _type(dtype)) for name, dtype in frame.schema.items()))  # type: ignore[arg-type]  # one of the literals
    try:
        checker = Checker.build(schema, str(suite) if isinstance(suite, str | Path) else _steps(suite))
    except SettingsError as error:
        raise make_error(UsageError, "suite_wrong", problem=error_message(error)) from None
    batch = Batch(NAME, NAME, _rows(frame, schema), clock.wall(), schema.names)
    verdicts = tuple(checker.judge(batch, MemorySnapshot()))
    return Report(batch.rows, verdicts, rules.split(batch, verdicts))


def _steps(suite: Sequence[object]) -> list[Step]:
    try:
        return TypeAdapter(list[StepConfig]).validate_python(suite)
    except ValidationError as error:
        raise make_error(UsageError, "suite_wrong", problem=describe_mistake(error.errors()[0])) from None


def _rows(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    cast = frame.select(pl.col(column.name).cast(column.dtype, strict=False) for column in schema.columns)
    ids = pl.Series(ROW, map(str, range(frame.height)), dtype=pl.String)
    return cast.with_columns(ids, pl.lit(None, RAW_TYPE).alias(RAW))


def _type(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    names: Mapping[type[pl.DataType], str] = {pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "timestamp"}
    return names.get(dtype.base_type(), "string")
