"""Which files are read, and which wait until they are whole."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sluice.sources.settling import Completeness, Settling

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


class Clock:
    """A clock that stands still unless it is set forward."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def write(path: Path, text: str, at: datetime) -> Path:
    path.write_text(text)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def code(settling: Settling, path: Path) -> str:
    return settling.waiting[path].code


def test_a_file_that_stays_as_it_is_is_read_and_one_that_grows_waits(tmp_path: Path, clock: Clock) -> None:
    settling, how = Settling(clock, timedelta(seconds=5)), Completeness()
    path = write(tmp_path / "a.csv", "id\n1\n", clock())
    assert not settling.is_complete(path, how)
    assert code(settling, path) == "file_settling"
    clock.wait(4)
    write(path, "id\n1\n2\n", clock())
    clock.wait(4)
    assert not settling.is_complete(path, how)
    clock.wait(1)
    assert settling.is_complete(path, how)
    assert not settling.waiting


def test_a_file_whose_time_lies_in_the_future_is_settled_by_two_looks(tmp_path: Path, clock: Clock) -> None:
    settling, how = Settling(clock, timedelta(seconds=5)), Completeness()
    path = write(tmp_path / "a.csv", "id\n1\n", clock() + timedelta(days=1))
    assert not settling.is_complete(path, how)
    clock.wait(3)
    write(path, "id\n1\n2\n", clock() + timedelta(days=1))
    clock.wait(3)
    assert not settling.is_complete(path, how)
    clock.wait(5)
    assert settling.is_complete(path, how)


def test_the_setting_of_a_dataset_counts_before_that_of_the_process(tmp_path: Path, clock: Clock) -> None:
    path = write(tmp_path / "a.csv", "id\n1\n", clock() - timedelta(seconds=30))
    assert Settling(clock, timedelta(seconds=5)).is_complete(path, Completeness())
    assert not Settling(clock, timedelta(seconds=5)).is_complete(path, Completeness(settle=timedelta(minutes=1)))
    assert not Settling(clock).is_complete(path, Completeness(settle=timedelta(minutes=1)))


@pytest.mark.parametrize(
    ("name", "content", "complete"),
    [
        ("a.csv", b"id\n1\n", True),
        ("a.csv", b"id\r\n1\r\n", True),
        ("a.csv", "id\n1\n".encode("utf-16"), True),
        ("a.csv", b"id\n1", False),
        ("a.jsonl", b'{"id": 1}\n{"id"', False),
        ("a.jsonl", b'{"id": 1}', False),
        ("a.csv", b"", False),
        ("a.json", b'[{"id": 1}]', True),
    ],
)
def test_a_last_line_without_its_end_is_unfinished_while_the_file_is_young(tmp_path: Path, clock: Clock, name: str, content: bytes, complete: bool) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    os.utime(path, (clock().timestamp(), clock().timestamp()))
    clock.wait(1)
    settling = Settling(clock)
    assert settling.is_complete(path, Completeness()) == complete
    clock.wait(5)
    assert settling.is_complete(path, Completeness())


def test_a_file_waits_for_the_one_that_says_that_it_is_whole(tmp_path: Path, clock: Clock) -> None:
    settling, how = Settling(clock, timedelta(seconds=5)), Completeness(done="{name}.done")
    path = write(tmp_path / "a.csv", "id\n1", clock())
    clock.wait(99)
    assert not settling.is_complete(path, how)
    assert code(settling, path) == "file_not_done"
    (tmp_path / "a.csv.done").touch()
    assert settling.is_complete(path, how)
    assert how.is_marker("a.csv.done")
    assert not how.is_marker("a.csv")


@pytest.mark.parametrize(
    "form", ["{digest}  {name}\n", "{digest} *{name}\n", "{digest}  ./{name}\n", "SHA256 ({name}) = {digest}\n", "SHA256 (./{name}) = {digest}\n"]
)
def test_a_list_of_digests_must_have_that_of_the_file(tmp_path: Path, clock: Clock, form: str) -> None:
    settling, how = Settling(clock), Completeness(done="SHA256SUMS")
    path = write(tmp_path / "a.csv", "id\n1\n", clock())
    (tmp_path / "SHA256SUMS").write_text(form.format(digest=hashlib.sha256(b"other").hexdigest(), name="a.csv"))
    assert not settling.is_complete(path, how)
    assert code(settling, path) == "file_not_listed"
    (tmp_path / "SHA256SUMS").write_text(form.format(digest=hashlib.sha256(path.read_bytes()).hexdigest(), name="a.csv"))
    assert settling.is_complete(path, how)
