"""Progress of long commands where the output is no terminal, and the clock that the demo starts."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from sluice.cli import output
from sluice.config import read
from sluice.demo import configuration
from sluice.domain import Message
from sluice.wiring import clock

CLOCK = "clock: 2026-03-15T06:00:00Z"


def test_a_line_of_progress_comes_again_and_again_where_the_output_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress(beat=0.01) as report:
        report(Message.of("step_publishing"), 1, 3)
        time.sleep(0.1)
        report(Message.of("step_publishing"), 3, 3)
    text_lines = capsys.readouterr().err.splitlines()
    assert "publishing batches: 1 of 3 (0 s)" in text_lines
    assert "publishing batches: 3 of 3" in text_lines


def test_nothing_is_written_where_nothing_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress():
        pass
    assert capsys.readouterr().err == ""


def test_a_running_clock_starts_where_it_was_pinned_and_advances() -> None:
    since = clock.wall() - timedelta(hours=2)
    config = read(configuration().replace(CLOCK, f"clock: {{start: 2026-03-15T06:00:00Z, since: {since.isoformat()}}}").encode(), "sluice.yaml", {})
    moment = clock.now(config)
    assert timedelta(0) <= moment - datetime(2026, 3, 15, 8, tzinfo=UTC) < timedelta(minutes=1)


def test_a_pinned_clock_stands_still() -> None:
    config = read(configuration().encode(), "sluice.yaml", {})
    assert clock.now(config) == datetime(2026, 3, 15, 6, tzinfo=UTC)
