"""Lists of all users in a file: whole or not there, and continued after a kill."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import polars as pl
import pytest
from deltalake import DeltaTable

from recommender.data.interactions import INTERACTIONS
from recommender.serving.lists import LISTS
from sluice.config import Recommender
from sluice.errors import UsageError
from sluice.serving.nightly import Written, write_lists
from sluice.serving.state import RecommenderState

SETTINGS = Recommender(events="clicks", items="goods", user="who", item="what", time="when")


class Killed(Exception):
    """Stands for the end of the process."""


class FakeMaker:
    """Lists the items that a user has met, and ends at a user."""

    def __init__(self, k: int = 2, dies_at: str = "") -> None:
        self.k, self.dies_at, self.users = k, dies_at, list[str]()

    def lists(self, histories: pl.DataFrame) -> pl.DataFrame:
        if self.dies_at in histories["user"]:
            raise Killed
        self.users += histories["user"].unique(maintain_order=True).to_list()
        rows = histories.select("user", position=1, item="item", score=0.5, ad=False, reason=pl.lit("recommended"))
        return rows.cast(LISTS)


def events(users: int = 5) -> pl.DataFrame:
    rows = [{"user": f"u{user}", "item": f"i{user}"} for user in range(users) for _ in range(1 + user % 2)]
    return pl.DataFrame(rows, schema={name: INTERACTIONS[name] for name in ("user", "item")})


def write(to: Path, maker: FakeMaker, snapshot: str = "7", users: int = 5, reports: list[tuple[int, int]] | None = None) -> Written:
    state = RecommenderState(snapshot, 3, None, cast("Any", None), cast("Any", None), datetime(2026, 3, 1, tzinfo=UTC))
    report = None if reports is None else lambda done, total: reports.append((done, total))
    return write_lists(cast("Any", maker), state, events(users), SETTINGS, to, report, block=2)


def test_all_users_are_in_the_file(tmp_path: Path) -> None:
    reports: list[tuple[int, int]] = []
    assert write(tmp_path / "lists.parquet", FakeMaker(), reports=reports) == Written(5, 0, 7, 3)
    assert pl.read_parquet(tmp_path / "lists.parquet")["user"].to_list() == events()["user"].to_list()
    assert reports == [(2, 5), (4, 5), (5, 5)]
    assert [path.name for path in tmp_path.iterdir()] == ["lists.parquet"], "no part is left"


def test_a_killed_command_goes_on_and_readers_have_the_former_file(tmp_path: Path) -> None:
    to = tmp_path / "lists.csv"
    to.write_text("former")
    with pytest.raises(Killed):
        write(to, FakeMaker(dies_at="u4"))
    assert to.read_text() == "former"
    again = FakeMaker()
    assert write(to, again) == Written(5, 4, 7, 3)
    assert again.users == ["u4"]
    assert pl.read_csv(to)["item"].to_list() == events()["item"].to_list()


@pytest.mark.parametrize("change", [{"snapshot": "8"}, {"maker": FakeMaker(k=3)}])
def test_parts_of_other_data_or_another_length_are_made_anew(tmp_path: Path, change: dict[str, Any]) -> None:
    to = tmp_path / "lists.parquet"
    with pytest.raises(Killed):
        write(to, FakeMaker(dies_at="u4"))
    assert write(to, change.pop("maker", FakeMaker()), **change).resumed == 0


def test_a_path_without_an_ending_is_a_delta_table(tmp_path: Path) -> None:
    to = tmp_path / "lists"
    for users in (5, 3):
        write(to, FakeMaker(), users=users)
        assert len(DeltaTable(to).to_pyarrow_table()["user"].unique()) == users
    assert DeltaTable(to).version() == 1, "the lists of yesterday can still be read"


def test_without_users_the_file_is_empty(tmp_path: Path) -> None:
    assert write(tmp_path / "lists.parquet", FakeMaker(), users=0) == Written(0, 0, 0, 3)
    assert pl.read_parquet(tmp_path / "lists.parquet").schema == LISTS


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"lists\.xlsx is neither"):
        write(tmp_path / "lists.xlsx", FakeMaker())
    with pytest.raises(UsageError, match="1 or more"):
        write(tmp_path / "lists.csv", FakeMaker(k=0))


def test_files_of_somebody_else_where_the_parts_would_be_stay(tmp_path: Path) -> None:
    other = tmp_path / "lists.csv.parts" / "mine.txt"
    other.parent.mkdir()
    other.write_text("mine")
    with pytest.raises(UsageError, match=r"lists\.csv\.parts holds files that are no parts"):
        write(tmp_path / "lists.csv", FakeMaker())
    assert other.read_text() == "mine"


def test_a_folder_that_a_kill_left_before_its_plan_is_used(tmp_path: Path) -> None:
    parts = tmp_path / "lists.csv.parts"
    parts.mkdir()
    (parts / ".plan.json.part").touch()
    assert write(tmp_path / "lists.csv", FakeMaker()).users == 5
    assert not parts.exists()
