"""A wrong cron line is reported when sluice.yaml is loaded, and each line that is taken can be scheduled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.config import Config
from sluice.config.load import read
from sluice.cron import parse_cron
from sluice.errors import ConfigError, UsageError

CONFIG = "datasets: {{a: {{source: {{files: landing/a.csv}}, columns: {{x: {{type: string}}}}}}}}\nschedule:\n  ingest: {line!r}\n"


def loaded(line: str) -> Config:
    return read(CONFIG.format(line=line).encode(), "sluice.yaml", {})


PARTS = ("*", "0", "7", "*/5", "1-3", "3-1", "60", "jan", "mon", "mon-fri", "sun-mon", "x", "-", "", "last", "1,2", "1,", "0/0", "5/2")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("61 * * * *", "minute cannot be '61'"),
        ("15 * * *", "it has not five fields, but 4"),
        ("0 4 * * 1", "write weekdays by name"),
        ("0 25 * * *", "hour cannot be '25'"),
        ("nonsense", "but 1"),
    ],
)
def test_a_wrong_cron_line_is_reported_with_its_line(line: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as error:
        loaded(line)
    assert str(error.value).startswith("sluice.yaml:3: schedule.ingest: ")


@pytest.mark.parametrize("line", ["15 * * * *", "*/15 6-22 * * mon-fri", "0 4 1,15 jan-mar *", "30 2 last * sun"])
def test_cron_lines_are_taken(line: str) -> None:
    assert loaded(line).schedule.ingest == line


@given(st.lists(st.sampled_from(PARTS), min_size=5, max_size=5))
def test_a_line_that_is_refused_could_not_be_scheduled(parts: list[str]) -> None:
    line = " ".join(parts)
    try:
        loaded(line)
    except ConfigError:
        with pytest.raises(UsageError):
            parse_cron(line, "UTC")


@given(st.lists(st.sampled_from(PARTS), min_size=5, max_size=5))
def test_a_line_that_cannot_be_read_is_refused(parts: list[str]) -> None:
    line = " ".join(parts)
    try:
        parse_cron(line, "UTC")
    except UsageError as error:
        if "never fires" not in str(error):
            with pytest.raises(ConfigError):
                loaded(line)
