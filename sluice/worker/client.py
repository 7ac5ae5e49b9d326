"""Call the worker's tasks from the parent process: ids, paths and records go in and come out, never frames."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sluice.domain import Message
from sluice.errors import OutOfMemory
from sluice.ports import Progress, Unwatched, Watch, no_progress
from sluice.worker.process import WorkerProcess

if TYPE_CHECKING:
    from checks.proposals import Proposal
    from sluice.domain import (
        Arrival,
        Artifact,
        Backfill,
        Backtest,
        CleaningPreview,
        Comparison,
        Corrected,
        CorrectedCell,
        Curve,
        Decision,
        Guarded,
        Model,
        Probe,
        ProductMatches,
        RebuildPreview,
        Recheck,
        ReferenceRule,
        Rejudge,
        RowToLabel,
        Run,
        Staged,
        TuningResult,
        TuningTrial,
        Verdict,
    )
    from sluice.ports import Lease
    from sluice.worker.cost_probes import ProbeSetup
    from sluice.worker.tuning import TuningSetup


class Worker:
    """Offer every task of the worker process as a method. The process starts with the first call; no task's module is imported here."""

    def __init__(self, path: Path, memory: int) -> None:
        """Store what the process needs.

        Args:
            path: Path of sluice.yaml.
            memory: Limit of resident memory, in bytes.
        """
        self._path, self.process = str(path), WorkerProcess(memory)
        self.watch: Watch = Unwatched()

    def __enter__(self) -> Self:
        """Use as a context, which closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def started(self) -> bool:
        """Return True where a process runs."""
        return self.process.started

    def close(self) -> None:
        """End the process."""
        self.process.close()

    def _run(self, task: str, *args: object, progress: Progress = no_progress) -> Any:  # noqa: ANN401  # whatever the task returns; each method states it
        watch = self.watch

        def report(what: Message, done: int, total: int | None) -> None:
            watch.report(what, done, total)
            progress(what, done, total)

        waiting = functools.partial(watch.look, may_cancel=not task.startswith("publishing:"))  # what is promised is published whole
        return self.process(f"sluice.worker.{task}", self._path, *args, progress=report, waiting=waiting)

    # -- batches

    def _evaluate(self, task: str, arrival: Arrival, *args: object) -> Any:  # noqa: ANN401  # as `_run`
        try:
            return self._run(task, arrival, *args)
        except OutOfMemory:
            self._run("tasks:explain_memory", arrival)  # raises what it knows of the cause
            raise

    def validate_steps(self) -> None:
        """Build every dataset's steps; see `tasks.validate_steps`."""
        self._run("tasks:validate_steps")

    def evaluate_arrival(self, arrival: Arrival, snapshot_id: str) -> Staged:
        """Read, evaluate and stage one arrival; see `tasks.evaluate_arrival`."""
        self.watch.begin(arrival.dataset, Path(arrival.uri).name)
        return self._evaluate("tasks:evaluate_arrival", arrival, snapshot_id)  # type: ignore[no-any-return]

    def check(self, arrival: Arrival, snapshot_id: str) -> list[Verdict]:
        """Return the verdicts on one arrival and write nothing; see `tasks.check`."""
        return self._run("tasks:check", arrival, snapshot_id)  # type: ignore[no-any-return]

    def backtest(self, run: Run) -> Backtest:
        """Judge a recorded batch by the present configuration, and write nothing; see `backtesting.backtest`."""
        return self._run("backtesting:backtest", run)  # type: ignore[no-any-return]

    def preview_cleaning(self, batch: Arrival | Run, snapshot_id: str, samples: int) -> CleaningPreview:
        """Return what the cleaners change in a batch, and write nothing; see `cleaning_preview.preview_cleaning`."""
        return self._run("cleaning_preview:preview_cleaning", batch, snapshot_id, samples)  # type: ignore[no-any-return]

    def rejudge(self, order: Rejudge, snapshot_id: str) -> Staged:
        """Judge held rows again; see `tasks.rejudge`."""
        return self._run("tasks:rejudge", order, snapshot_id)  # type: ignore[no-any-return]

    def correct(self, order: Rejudge, snapshot_id: str) -> Corrected:
        """Judge held rows with right values in some of their cells; see `corrections.correct`."""
        return self._run("corrections:correct", order, snapshot_id)  # type: ignore[no-any-return]

    def doubts(self, order: Rejudge, snapshot_id: str) -> Sequence[tuple[CorrectedCell, str]]:
        """Return what cleaners would make of corrected cells instead; see `corrections.doubts`."""
        return self._run("corrections:doubts", order, snapshot_id)  # type: ignore[no-any-return]

    def backfill(self, order: Backfill, snapshot_id: str) -> Staged:
        """Judge the published rows of a batch by every rule of the suite; see `rechecking.backfill`."""
        return self._run("rechecking:backfill", order, snapshot_id)  # type: ignore[no-any-return]

    def recheck(self, order: Recheck, snapshot_id: str) -> Staged | None:
        """Judge published rows by rules that were not evaluated before; see `rechecking.recheck`."""
        return self._run("rechecking:recheck", order, snapshot_id)  # type: ignore[no-any-return]

    def undo(self, dataset: str, batch_id: str, repair_ids: Sequence[str], snapshot_id: str, at: datetime) -> Staged:
        """Restore repaired cells; see `tasks.undo`."""
        return self._run("tasks:undo", dataset, batch_id, repair_ids, snapshot_id, at)  # type: ignore[no-any-return]

    def map_values(self, dataset: str, batch_id: str, column: str, values: Mapping[str, str], snapshot_id: str, at: datetime) -> Staged | None:
        """Replace values of a column in published rows; see `mappings.map_values`."""
        return self._run("mappings:map_values", dataset, batch_id, column, dict(values), snapshot_id, at)  # type: ignore[no-any-return]

    def undo_release(self, dataset: str, release: str, snapshot_id: str, at: datetime) -> Staged:
        """Hold the rows of a release again; see `releases.undo`."""
        return self._run("releases:undo", dataset, release, snapshot_id, at)  # type: ignore[no-any-return]

    def audit(self, dataset: str, batch_id: str, snapshot_id: str, at: datetime) -> Staged:
        """Judge published rows; see `tasks.audit`."""
        self.watch.begin(dataset)
        return self._run("tasks:audit", dataset, batch_id, snapshot_id, at)  # type: ignore[no-any-return]

    def preview_rebuild(self, dataset: str, snapshot_id: str, at: datetime) -> RebuildPreview:
        """State what a rebuild would do; see `rebuilding.preview`."""
        return self._run("rebuilding:preview", dataset, snapshot_id, at)  # type: ignore[no-any-return]

    def rebuild(self, dataset: str, batch_id: str, snapshot_id: str, at: datetime) -> Staged:
        """Cast stored rows to the present declaration; see `rebuilding.rebuild`."""
        return self._run("rebuilding:rebuild", dataset, batch_id, snapshot_id, at)  # type: ignore[no-any-return]

    def publish(self, lease: Lease, staged: Staged) -> Run:
        """Publish a staged outcome; see `publishing.publish`."""
        self.watch.report(Message.of("stage", stage="publish"), 0, None)
        return self._run("publishing:publish", lease, staged)  # type: ignore[no-any-return]

    def preview(self, staged: Staged) -> Run:
        """Return the run that a staged release would become; see `publishing.preview`."""
        return self._run("publishing:preview", staged)  # type: ignore[no-any-return]

    def recover(self, lease: Lease) -> list[Run]:
        """Finish a dataset's intents; see `publishing.recover`."""
        return self._run("publishing:recover", lease)  # type: ignore[no-any-return]

    def rows_with_reference(self, dataset: str, references: Sequence[ReferenceRule], snapshot_id: str) -> tuple[str, ...]:
        """List held rows whose reference is published now; see `publishing.rows_with_reference`."""
        return self._run("publishing:rows_with_reference", dataset, references, snapshot_id)  # type: ignore[no-any-return]

    def explain_row(self, datasets: Sequence[str], row_id: str, snapshot_id: str) -> Mapping[str, object]:
        """Explain a row by every learned detector; see `row_explanations.explain_row`."""
        return self._run("row_explanations:explain_row", datasets, row_id, snapshot_id)  # type: ignore[no-any-return]

    def propose_suite(self, dataset: str, snapshot_id: str) -> list[Proposal]:
        """Propose changes of a suite; see `suite_proposals.propose`."""
        return self._run("suite_proposals:propose", dataset, snapshot_id)  # type: ignore[no-any-return]

    def measure_guarded(self, dataset: str, snapshot_id: str, settings: str, at: datetime) -> Guarded | None:
        """Plant errors into accepted rows and count those that are found; see `guarded.measure`."""
        return self._run("guarded:measure", dataset, snapshot_id, settings, at)  # type: ignore[no-any-return]

    def choose_rows(self, dataset: str, count: int, snapshot_id: str, progress: Progress = no_progress) -> Sequence[RowToLabel]:
        """Choose the rows to label next; see `labelling.choose_rows`."""
        return self._run("labelling:choose_rows", dataset, count, snapshot_id, progress=progress)  # type: ignore[no-any-return]

    def find_products(self, dataset: str, count: int, snapshot_id: str) -> ProductMatches:
        """Find the products that are listed under several ids; see `matching.find_products`."""
        return self._run("matching:find_products", dataset, count, snapshot_id)  # type: ignore[no-any-return]

    # -- models

    def learn(self, dataset: str, now: datetime) -> list[Model]:
        """Train the detectors of a dataset that are due; see `detector_training.learn`."""
        return self._run("detector_training:learn", dataset, now)  # type: ignore[no-any-return]

    def refit(self, name: str, by: str, reason: str, now: datetime, request: str = "") -> Model:
        """Fit one detector from its whole history; see `detector_training.refit`."""
        return self._run("detector_training:refit", name, by, reason, now, request)  # type: ignore[no-any-return]

    def train(self, decisions: Sequence[Decision], log_dir: str | None = None, progress: Progress = no_progress) -> Artifact:
        """Train the recommender; see `recommender_training.train`."""
        return self._run("recommender_training:train", decisions, log_dir, progress=progress)  # type: ignore[no-any-return]

    def compare(self, champion: Artifact | None, challenger: Artifact, snapshot_id: str) -> Comparison:
        """Compare two models; see `recommender_training.compare`."""
        return self._run("recommender_training:compare", champion, challenger, snapshot_id)  # type: ignore[no-any-return]

    # -- tuning

    def prepare_tuning(self, decisions: Sequence[Decision], progress: Progress = no_progress) -> tuple[TuningSetup, Sequence[TuningTrial]]:
        """Read the data of a tuning, and the trials that were made before; see `tuning.prepare`."""
        return self._run("tuning:prepare", decisions, progress=progress)  # type: ignore[no-any-return]

    def run_trial(self, setup: TuningSetup, seconds: float) -> TuningTrial | None:
        """Make the next trial of a tuning; see `tuning.run_trial`."""
        return self._run("tuning:run_trial", setup, seconds)  # type: ignore[no-any-return]

    def conclude_tuning(self, setup: TuningSetup, log_dir: str | None = None) -> tuple[TuningResult, bytes]:
        """Return what a tuning found; see `tuning.conclude`."""
        return self._run("tuning:conclude", setup, log_dir)  # type: ignore[no-any-return]

    # -- cost curve

    def choose_batches(self, accepted: Sequence[Run], count: int, snapshot_id: str) -> ProbeSetup:
        """Choose the batches that get faults; see `cost_probes.choose_batches`."""
        return self._run("cost_probes:choose_batches", accepted, count, snapshot_id)  # type: ignore[no-any-return]

    def fault_kinds(self) -> list[str]:
        """List the kinds of faults; see `cost_probes.fault_kinds`."""
        return self._run("cost_probes:fault_kinds")  # type: ignore[no-any-return]

    def measure(self, setup: ProbeSetup, kind: str, rate: float, seed: int) -> Probe:
        """Measure what a fault costs; see `cost_probes.measure`."""
        return self._run("cost_probes:measure", setup, kind, rate, seed)  # type: ignore[no-any-return]

    def draw_curve(self, dataset: str, probes: Sequence[Probe], seed: int) -> tuple[Curve, bytes]:
        """Draw the curve from score to cost; see `cost_probes.draw_curve`."""
        return self.process("sluice.worker.cost_probes:draw_curve", dataset, probes, seed)  # type: ignore[no-any-return]
