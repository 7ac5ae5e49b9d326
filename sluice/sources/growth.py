"""Find the runs that read the beginning of a file before it grew: it was read while it was written, or somebody adds lines to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sluice.domain import Arrival, EarlierRows, GrownFile, Run
from sluice.sources.arrival import UNREAD, id_of

_CHUNK = 2**20
_WHOLE_FORMS = (b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # Parquet and spreadsheets: what is added makes another file of them


def grown_file(arrival: Arrival, runs: Sequence[Run]) -> GrownFile | None:
    """Return which rows of a file were published when it was shorter; None where none were.

    A file grew where its first bytes are all that a run read from the same path. Its rows have the same positions; the last one may have been cut.

    Args:
        arrival: The file as it is now.
        runs: Published runs of its dataset, the oldest first.
    """
    path = Path(arrival.uri)
    shorter = {run.size: run for run in runs if run.kind == "ingest" and run.uri == arrival.uri and 0 < run.size < arrival.size and run.rows}
    if not shorter or arrival.digest == UNREAD:
        return None
    digests = _digests(path, sorted(shorter))
    earlier = [(run, ended) for size, run in sorted(shorter.items()) for digest, ended in [digests[size]] if _is_of(run, path, digest)]
    return _of_runs(earlier)


def _of_runs(earlier: Iterable[tuple[Run, bool]]) -> GrownFile | None:
    rows: list[EarlierRows] = []
    cut, first = None, 0
    for run, ended in earlier:
        end = run.rows if ended else run.rows - 1
        rows.append(EarlierRows(run.id, first, end))
        cut, first = (None if ended else f"{run.id}.{end}"), end
    return GrownFile(tuple(rows), cut) if rows else None


def _digests(path: Path, sizes: Sequence[int]) -> Mapping[int, tuple[str, bool]]:
    """Return by size the digest of so many first bytes, and whether a line ends with them; none of a file that does not grow by its end."""
    digest, position, digests, byte = hashlib.sha256(), 0, {}, b""
    with path.open("rb") as file:
        if file.read(4) in _WHOLE_FORMS:
            return dict.fromkeys(sizes, ("", True))
        file.seek(0)
        for size in sizes:
            while position < size and (chunk := file.read(min(_CHUNK, size - position))):
                digest.update(chunk)
                position, byte = position + len(chunk), chunk[-1:]
            digests[size] = (digest.hexdigest(), byte in (b"\n", b"\r"))
    return digests


def _is_of(run: Run, path: Path, digest: str) -> bool:
    """Return True where a run read from this path what has that digest."""
    return any(id_of(run.dataset, path.relative_to(folder).as_posix(), digest) == run.id for folder in path.parents)
