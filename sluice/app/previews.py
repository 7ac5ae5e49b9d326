"""Preview a release or a correction: rows, scores and gate before and after, computed by the same job without publishing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sluice import jobs
from sluice.app.app import App
from sluice.domain import CorrectedCell, LeftOut, Message, Rejudge, ReleasePreview, Request, RequestKind, Run, UndoPreview
from sluice.rules.previews import describe_preview, describe_undo, preview_batches, questions, undo_questions
from sluice.rules.released_cells import empty_cells
from sluice.store import SqlStore
from sluice.store.decisions import Decisions
from sluice.store.guarded import Measurements
from sluice.store.runs import Runs
from sluice.store.snapshot import SqlSnapshot
from sluice.wiring.gate import gate_of

CHANGES_CONFIGURATION: Collection[RequestKind] = ("change_rule", "undo_change_rule", "map_values", "undo_map_values", "restore_config")
"""Kinds of requests that change sluice.yaml: with `approval: two` another person has to confirm them."""


def preview_release(app: App, request: Request) -> ReleasePreview | Message:
    """Return what a release would do; or why it would release nothing.

    Raises:
        LeaseHeld: Another worker holds the lease of the dataset.
    """
    judged = jobs.preview_release(request, app.store, app.worker, now=app.now())
    if isinstance(judged, Message):
        return judged
    return _preview(app, *judged)


def preview_correction(app: App, request: Request, cells: Sequence[CorrectedCell]) -> ReleasePreview:
    """Return what the right values of held rows would do.

    Args:
        app: The application.
        request: Names the rows.
        cells: The right values.

    Raises:
        LeaseHeld: Another worker holds the lease of the dataset.
    """
    order, runs, left = jobs.preview_correction(request, cells, app.store, app.worker, now=app.now())
    return _preview(app, replace(order, rows=request.rows), runs, left)


def preview_undo(app: App, request: Request) -> UndoPreview:
    """Return what undoing repairs would do.

    Raises:
        LeaseHeld: Another worker holds the lease of the dataset.
        UsageError: None of the repairs can be undone.
    """
    return jobs.preview_undo(request, app.store, app.worker, now=app.now())


def _preview(app: App, order: Rejudge, released: Sequence[Run], left: tuple[LeftOut, ...] = ()) -> ReleasePreview:
    runs, now = app.store.runs.of(order.dataset), app.now()
    after = gate_of(app.config, _StoreAfter(app.store, order.dataset, [*runs, *released]), order.dataset, now)
    good, bad, repeats, replaced = (sum(getattr(run, name) for run in released) for name in ("good", "bad", "copies", "replaced"))
    repeats += sum(run.superseded for run in released)
    rules = tuple(sorted(order.waived)), tuple(sorted(order.critical))
    batches, before = preview_batches(runs, released), app.gate(order.dataset)
    whole = any(run.uri for run in released)
    counts, states = (len(order.rows), good, bad, repeats), (before.state, after.state)
    return ReleasePreview(order.dataset, *counts, *rules, batches, *states, replaced, whole, left, empty_cells(released))


def question_of(app: App, request: Request) -> Message | None:
    """Return what a person has to confirm before a request is carried out; None where nothing has to be."""
    if request.kind in CHANGES_CONFIGURATION and app.config.approval == "two" and not request.approved_by:
        return Message.of("change_asks_approval", author=request.by)
    if request.kind not in ("release", "correct", "undo") or not request.ask:
        return None
    if request.kind == "undo":
        return _question_of_undo(preview_undo(app, request))
    preview = preview_correction(app, request, app.store.requests.cells(request.id)) if request.kind == "correct" else preview_release(app, request)
    reasons = () if isinstance(preview, Message) else tuple(questions(preview))
    if isinstance(preview, Message) or not reasons:
        return None
    return Message.of("release_asks", questions=reasons, preview=Message.join(describe_preview(preview)))


def _question_of_undo(preview: UndoPreview) -> Message | None:
    reasons = tuple(undo_questions(preview))
    return Message.of("release_asks", questions=reasons, preview=Message.join(describe_undo(preview))) if reasons else None


@dataclass(frozen=True)
class _RunsAfter:
    """Return the runs of one dataset as they would be."""

    stored: Runs
    dataset: str
    runs: Sequence[Run]

    def of(self, dataset: str) -> Sequence[Run]:
        """Return the runs of a dataset."""
        return self.runs if dataset == self.dataset else self.stored.of(dataset)

    def unmet(self, run_ids: Collection[str]) -> Collection[str]:
        """Return the rules that hold rows of some runs now."""
        return self.stored.unmet(run_ids)


class _StoreAfter:
    """Give the records that a gate is computed from, once a release were published."""

    def __init__(self, store: SqlStore, dataset: str, runs: Sequence[Run]) -> None:
        """Keep the store, and the runs of a dataset as they would be."""
        self._store = store
        self.runs = _RunsAfter(store.runs, dataset, runs)

    @property
    def decisions(self) -> Decisions:
        """Return the decisions and overrides."""
        return self._store.decisions

    @property
    def guarded(self) -> Measurements:
        """Return the measurements of how much is guarded."""
        return self._store.guarded

    def snapshot(self) -> SqlSnapshot:
        """Return what is published now."""
        return self._store.snapshot()
