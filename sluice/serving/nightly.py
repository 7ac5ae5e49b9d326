"""Write the lists of all users: a part file for each block of users, so that a killed command goes on, and the whole file put in place at once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from recommender.serving.lists import LISTS, ListMaker
from sluice.config import Recommender
from sluice.errors import UsageError
from sluice.messages import make_error
from sluice.serving.questions import require_positive
from sluice.serving.state import RecommenderState

BLOCK = 5_000  # users of a part file
FORMATS = (".parquet", ".csv")


@dataclass(frozen=True, slots=True)
class Plan:
    """Identify what lists are made from; parts of another plan are made anew.

    Attributes:
        snapshot: Id of the snapshot.
        model: Version of the model.
        block: Users of a part file.
        k: Number of items of a list.
        users: Number of users.
        settings: Digest of the recommender's settings, and of the conditions on the items.
    """

    snapshot: str
    model: int
    block: int
    k: int
    users: int
    settings: str


@dataclass(frozen=True, slots=True)
class Written:
    """Say what was written.

    Attributes:
        users: Number of users with a list.
        resumed: Those whose lists an interrupted command had made.
        rows: Number of rows.
        model: Version of the model.
    """

    users: int
    resumed: int
    rows: int
    model: int


def write_lists(
    maker: ListMaker,
    state: RecommenderState,
    events: pl.DataFrame,
    settings: Recommender,
    to: Path,
    report: Callable[[int, int], None] | None = None,
    block: int = BLOCK,
    where: Sequence[str] = (),
) -> Written:
    """Write the lists of all users to a file, or as a Delta table where the path has no ending.

    Parts wait in the folder `NAME.parts` beside it until all are there. What an interrupted command left there is used where snapshot, model, settings,
    `k` and conditions are the same.

    Args:
        maker: Makes lists.
        state: What they are made from.
        events: Interactions of all users, schema INTERACTIONS, each user's together and in order.
        settings: The recommender's.
        to: `.parquet`, `.csv`, or the folder of a Delta table.
        report: Called with the numbers of users that are done, and of all.
        block: Users of a part file.
        where: Conditions on the items that the lists keep.

    Raises:
        UsageError: `k` is below 1, the path has another ending, or files of somebody else stand where the parts would.
    """
    if to.suffix not in (*FORMATS, ""):
        raise make_error(UsageError, "lists_ending_unknown", file=to.name)
    require_positive(maker.k)
    ends = events.select(pl.col("user").rle()).unnest("user")["len"].cum_sum().to_list()
    digest = hashlib.sha256("\0".join((settings.model_dump_json(), *where)).encode()).hexdigest()
    plan = Plan(state.snapshot, state.version or 0, block, maker.k, len(ends), digest)
    parts = to.with_name(f"{to.name}.parts")
    _prepare(parts, plan)
    new_users = sum(_make_parts(maker, events, ends, parts, report, block))
    rows = _put_in_place(sorted(parts.glob("*.parquet")), to)
    shutil.rmtree(parts)
    return Written(len(ends), len(ends) - new_users, rows, plan.model)


def _prepare(parts: Path, plan: Plan) -> None:
    """Make the folder of the parts, and delete parts of another plan.

    Raises:
        UsageError: There is a folder of that name with files of somebody else.
    """
    noted = parts / "plan.json"
    if noted.is_file():
        if json.loads(noted.read_text(encoding="utf-8")) == asdict(plan):
            return
        shutil.rmtree(parts)
    elif parts.exists() and (not parts.is_dir() or any(not path.name.startswith(".") for path in parts.iterdir())):
        raise make_error(UsageError, "lists_folder_taken", folder=str(parts))
    parts.mkdir(parents=True, exist_ok=True)
    _replace(noted, lambda path: path.write_text(json.dumps(asdict(plan)), encoding="utf-8"))


def _make_parts(maker: ListMaker, events: pl.DataFrame, ends: list[int], parts: Path, report: Callable[[int, int], None] | None, block: int) -> Iterator[int]:
    """Make the parts that are not there; yield the number of users of each."""
    for first in range(0, len(ends), block):
        last, path = min(first + block, len(ends)), parts / f"{first // block:06}.parquet"
        if not path.is_file():
            begin = ends[first - 1] if first else 0
            lists = maker.lists(events[begin : ends[last - 1]])
            _replace(path, lists.write_parquet)
            yield last - first
        if report is not None:
            report(last, len(ends))


def _put_in_place(parts: list[Path], to: Path) -> int:
    """Write the final file beside its place, and rename it; a Delta table is overwritten by one commit. Return the number of rows."""
    rows = pl.scan_parquet(parts) if parts else pl.LazyFrame(schema=LISTS)
    if to.suffix == ".parquet":
        _replace(to, rows.sink_parquet)
    elif to.suffix == ".csv":
        _replace(to, rows.sink_csv)
    else:
        rows.sink_delta(to, mode="overwrite", delta_write_options={"schema_mode": "overwrite"})
    return int(rows.select(pl.len()).collect().item())


def _replace(to: Path, write: Callable[[Path], object]) -> None:
    """Write a file under another name, make it safe, and rename it, so that readers find the former one or the whole new one."""
    waiting = to.with_name(f".{to.name}.part")
    write(waiting)
    with waiting.open("rb") as file:
        os.fsync(file.fileno())
    waiting.replace(to)
