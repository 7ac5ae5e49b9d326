"""What can go wrong, as exceptions.

Bad data is a value (a Verdict), a closed gate is a Decision; an exception says that a configuration, a file, a service or a program is broken.

    SluiceError                     3   (the exit code that the command line gives it)
    ├── UsageError                  2   asked for something that is not there
    ├── ConfigError                 2   sluice.yaml is wrong; holds every problem with its line
    ├── SourceError                 3   an arrival cannot be read; it is set aside, others go on
    │   └── TooLarge                3   an arrival is larger than its limit (bombs too)
    ├── OutOfMemory                 3   the child process died under its memory limit
    ├── StoreError                  3   database or lake does not answer, or refuses
    │   ├── MigrationNeeded         2   the database is older than the program
    │   ├── LeaseHeld               3   another worker holds the lease
    │   └── Fenced                  3   our lease was taken over; nothing of ours may be published
    ├── GateClosed                  1   a pinned snapshot was asked of a decision that is not open
    ├── ModelError                  3   a model artifact is damaged, altered or does not fit
    └── NotDelivered                4   the work is done, but nobody could be told
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class SluiceError(Exception):
    """Anything that Sluice raises on purpose; its text is one line that says what, where, and what to do."""

    exit_code: ClassVar[int] = 3


class UsageError(SluiceError):
    """Asked for a dataset, run, row or model that is not there."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a configuration file; `line` counts from 1."""

    line: int
    where: str
    message: str


class ConfigError(SluiceError):
    """The configuration is wrong; carries all its mistakes at once."""

    exit_code = 2

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        """Keep the problems, and spell them out in the text, one a line."""
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}:{each.line}: {each.where}: {each.message}" for each in self.problems))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[str, tuple[Problem, ...]]]:
        """Cross a process boundary whole."""
        return (type(self), (self.path, self.problems))


class SourceError(SluiceError):
    """An arrival cannot be read."""


class TooLarge(SourceError):
    """An arrival is larger than its limit, on disk or unpacked."""


class OutOfMemory(SluiceError):
    """The child process died under its memory limit."""


class StoreError(SluiceError):
    """Database or lake does not answer, or refuses."""


class MigrationNeeded(StoreError):
    """The database is older than the program; `sluice db upgrade` mends it."""

    exit_code = 2


class LeaseHeld(StoreError):
    """Another worker holds the lease."""


class Fenced(StoreError):
    """Our lease was taken over by another worker."""


class GateClosed(SluiceError):
    """A pinned snapshot was asked of a decision that is not open."""

    exit_code = 1


class ModelError(SluiceError):
    """A model artifact is damaged, altered or does not fit."""


class NotDelivered(SluiceError):
    """The work is done, but a notification was not delivered."""

    exit_code = 4
