"""What a benchmark counts is what the function uses, and not what counting costs."""

from __future__ import annotations

import time

from benchmarks.usage import measured


def _wait(seconds: float) -> str:
    held = b"x" * 300_000_000  # pages that each sample looks at
    time.sleep(seconds)
    return f"held {len(held)}"


def test_samples_of_memory_count_as_no_cpu_time() -> None:
    result, usage = measured(_wait, 1.5)
    assert result == "held 300000000"
    assert usage.peak > 0.25
    assert usage.cpu < 1.5
