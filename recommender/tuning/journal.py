"""Keep the trials of a study in a file, a line each, so that an interrupted tuning continues where it ended."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sluice.domain.tuning import TuningTrial

OTHERS = 9  # studies of other data that are kept


@dataclass(frozen=True, slots=True)
class RecordedTrial:
    """Hold a trial with what confirms it.

    Attributes:
        trial: The trial.
        ranks: Rank of the target of each user that a choice is confirmed by, counted from 0, 20 standing for all that are worse; empty where it was pruned.
    """

    trial: TuningTrial
    ranks: tuple[int, ...] = field(default=(), repr=False)


class Journal:
    """Append trials to a file, and read them; a line that was not written to its end counts as no trial."""

    def __init__(self, path: Path) -> None:
        """Store the path of the file, which need not exist."""
        self.path = path

    def read(self) -> list[RecordedTrial]:
        """Return the trials in the order of their numbers."""
        return sorted(_parsed(self._lines()), key=lambda recorded: recorded.trial.number)

    def append(self, recorded: RecordedTrial) -> None:
        """Add a trial, and return once it is on the disk."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            self._drop_old()
        line = json.dumps({**asdict(recorded.trial), "ranks": recorded.ranks})
        torn = self.path.exists() and not self.path.read_bytes().endswith(b"\n")
        with self.path.open("a", encoding="utf-8") as file:
            file.write(("\n" if torn else "") + line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def newest_other(self) -> list[RecordedTrial]:
        """Return the trials of the newest other study in the same folder; none where there is none."""
        others = self._others()
        return Journal(others[0]).read() if others else []

    def _others(self) -> list[Path]:
        """Return the files of other studies, the newest first."""
        paths = [path for path in self.path.parent.glob(f"*{self.path.suffix}") if path != self.path]
        return sorted(paths, key=lambda path: (path.stat().st_mtime, path.name), reverse=True)

    def _drop_old(self) -> None:
        """Delete the files of all but the newest other studies: no data that they are of will come again."""
        for path in self._others()[OTHERS:]:
            path.unlink(missing_ok=True)

    def _lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8", errors="replace").splitlines() if self.path.exists() else []


def _parsed(lines: Iterable[str]) -> Iterator[RecordedTrial]:
    for line in lines:
        try:
            fields: Mapping[str, Any] = json.loads(line)
            steps = {int(step): float(value) for step, value in (fields["steps"] or {}).items()}
            named = {name: fields[name] for name in ("number", "values", "state", "ndcg", "seconds", "kind")}
            yield RecordedTrial(TuningTrial(**named, steps=steps), tuple(fields["ranks"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
