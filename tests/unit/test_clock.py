"""The configured clock is a plain time in UTC, whatever the loader of YAML makes of it."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sluice.config import load
from sluice.wiring import clock


@pytest.mark.parametrize(
    "written", ["2026-03-03T06:00:00Z", "2026-03-03T08:00:00+02:00", "2026-03-03T06:00:00", "{start: 2026-03-03T06:00:00Z, since: 2999-01-01T00:00:00Z}"]
)
def test_a_configured_time_keeps_its_zone_in_a_deep_copy(tmp_path: Path, written: str) -> None:
    path = tmp_path / "sluice.yaml"
    path.write_text(f'clock: {written}\ndatasets: {{items: {{source: {{files: "*.csv"}}, columns: {{sku: {{}}}}}}}}\n')
    moment = clock.now(load(path))
    assert type(moment) is datetime
    assert copy.deepcopy(moment) == datetime(2026, 3, 3, 6, tzinfo=UTC)
