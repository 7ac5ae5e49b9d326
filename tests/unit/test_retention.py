"""Which versions and which models are kept, decided from records alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sluice.config.duration import write_duration
from sluice.config.retention import Retention
from sluice.domain import Model, Run, Score
from sluice.rules.retention import expired_models, kept_runs

NOW = datetime(2026, 3, 15, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "howto" / "keep-for-how-long.md"
RUN = Run(
    id="r", dataset="events", kind="ingest", seq=1, at=NOW, state="published", uri="", arrival=Score(None, {}), published=Score(None, {}), rows=1, good=1,
    bad=0, repaired=0, decision="open", reasons=(), versions={}, basis="0", fingerprint="",
)  # fmt: skip


def runs_of(*days_ago: int) -> list[Run]:
    return [replace(RUN, id=f"r{seq}", seq=seq, finished=NOW - timedelta(days=days)) for seq, days in enumerate(days_ago, start=1)]


def test_the_run_before_the_history_stays_since_its_tables_were_the_published_ones_then() -> None:
    runs_kept = kept_runs(runs_of(50, 40, 20, 10), NOW - timedelta(days=30))
    assert [run.seq for run in runs_kept.recent] == [2, 3, 4]


def test_the_newest_run_stays_however_old_it_is() -> None:
    assert [run.seq for run in kept_runs(runs_of(500, 400), NOW).recent] == [2]


def test_a_pinned_snapshot_keeps_the_newest_run_until_then() -> None:
    runs = [run for run in runs_of(90, 80, 70, 60, 1) if run.seq != 3]  # snapshot 3 is of another dataset
    runs_kept = kept_runs(runs, NOW - timedelta(days=30), [3])
    assert ([run.seq for run in runs_kept.pinned], [run.seq for run in runs_kept.recent]) == ([2], [4, 5])


@given(st.lists(st.integers(0, 400), max_size=20), st.integers(1, 300), st.sets(st.integers(0, 25), max_size=3))
def test_every_moment_of_the_history_has_its_run(days: list[int], history: int, pinned: set[int]) -> None:
    runs = runs_of(*sorted(days, reverse=True))
    runs_kept = kept_runs(runs, NOW - timedelta(days=history), pinned)
    chosen = {run.id for run in (*runs_kept.recent, *runs_kept.pinned)}
    for moment in (NOW - timedelta(days=history), *(run.finished or NOW for run in runs)):
        newest = max((run for run in runs if (run.finished or NOW) <= moment), key=lambda run: run.seq or 0, default=None)
        assert newest is None or moment < NOW - timedelta(days=history) or newest.id in chosen
    for snapshot in pinned:
        newest = max((run for run in runs if (run.seq or 0) <= snapshot), key=lambda run: run.seq or 0, default=None)
        assert newest is None or newest.id in chosen


def test_the_champion_what_is_evaluated_and_two_champions_before_keep_their_bytes() -> None:
    old = NOW - timedelta(days=300)
    states = {1: "retired", 2: "retired", 3: "rejected", 4: "retired", 5: "champion", 6: "evaluating", 7: "rejected"}
    versions = [Model("m", version, state, "", {}, old if version < 7 else NOW) for version, state in states.items()]  # type: ignore[arg-type]  # its words
    assert [model.version for model in expired_models(versions, [5, 4, 2, 4, 1], NOW - timedelta(days=180))] == [1, 3]


def test_the_page_has_each_key_with_its_default() -> None:
    lines = [line.split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    rows = {cells[1].strip(" `"): cells[2].strip() for cells in lines}
    spans = {name: write_duration(field.default) for name, field in Retention.model_fields.items()}
    assert rows.keys() == spans.keys()
    assert {name: timedelta(days=int(text.removesuffix("d"))) for name, text in rows.items()} == {name: getattr(Retention(), name) for name in spans}
