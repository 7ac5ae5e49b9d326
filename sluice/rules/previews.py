"""Decide what a preview of a release says, and whether a person has to confirm it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sluice.domain import BatchPreview, MappingPreview, Message, ReleasePreview, Run, UndoPreview
from sluice.domain.score_text import score_text
from sluice.rules.corrections import describe_left_out
from sluice.rules.revisions import revised

MAX_SHARE = 0.05  # of a batch, which is published without a question


def preview_batches(runs: Sequence[Run], released: Sequence[Run]) -> tuple[BatchPreview, ...]:
    """Compare the batches of released rows before and after the release.

    Args:
        runs: Runs of the dataset, the oldest first.
        released: The runs that the release would publish, each with its revision.
    """
    before, after = ({run.id: run for run in revised(every)} for every in (runs, [*runs, *released]))
    batches = {run.revisions[0].run: run for run in released if run.revisions}
    return tuple(
        BatchPreview(name, before[name].rows, run.good, before[name].published.value, after[name].published.value, before[name].decision, after[name].decision)
        for name, run in batches.items()
    )


def describe_preview(preview: ReleasePreview) -> tuple[Message, ...]:
    """Return what a release would do: rows, scores and gate before and after, and the rules that are waived."""
    lines = [Message.of("preview_rows", released=preview.released, rows=preview.rows)]
    lines += map(describe_left_out, preview.left)
    if preview.held:
        lines.append(Message.of("preview_held", held=preview.held))
    if preview.whole:
        lines.append(Message.of("preview_table_replaced"))
    elif preview.replaced:
        lines.append(Message.of("preview_rows_replaced", replaced=preview.replaced))
    if preview.repeats:
        lines.append(Message.of("rows_repeat_published", repeats=preview.repeats))
    lines += [Message.of("preview_cells_empty", column=cells.column, rows=cells.rows) for cells in preview.empty]
    lines += _describe_batches(preview.batches)
    lines.append(Message.of("preview_gate", dataset=preview.dataset, was=preview.gate_before, will=preview.gate_after))
    if preview.waived:
        lines.append(Message.of("preview_waived", rules=preview.waived))
    return tuple(lines)


def _describe_batches(batches: Sequence[BatchPreview]) -> Iterator[Message]:
    """Yield each batch with its score and gate before and after; several that stay as they are are counted in one line."""
    still = [batch for batch in batches if _is_still(batch)]
    for batch in batches:
        if len(still) == 1 or not _is_still(batch):
            scores = {"before": _score(batch.score_before), "after": _score(batch.score_after)}
            yield Message.of("preview_batch", run=batch.run, **scores, was=batch.decision_before, will=batch.decision_after)
    if len(still) > 1:
        yield Message.of("preview_batches_still", batches=len(still))


def _is_still(batch: BatchPreview) -> bool:
    return _score(batch.score_before) == _score(batch.score_after) and batch.decision_before == batch.decision_after


def questions(preview: ReleasePreview) -> Iterator[Message]:
    """Yield why a person has to confirm a release: it opens a gate, waives a critical rule, publishes empty cells or much of a batch, or leaves rows out.

    Example:
        >>> small = ReleasePreview("events", 1, 1, 0, 0, ("crawler",), (), (), "open", "open")
        >>> list(questions(small))
        []
    """
    if preview.left and preview.released:
        yield Message.of("question_left_out", rows=len({row for group in preview.left for row in group.rows}))
    if preview.gate_before != "open" and preview.gate_after == "open":
        yield Message.of("question_opens_gate", dataset=preview.dataset)
    if preview.critical and preview.released:
        yield Message.of("question_critical", rules=preview.critical)
    for cells in preview.empty:
        yield Message.of("question_cells_empty", column=cells.column, rows=cells.rows)
    for batch in preview.batches:
        if batch.rows and batch.released / batch.rows > MAX_SHARE:
            yield Message.of("question_share", run=batch.run, share=batch.released / batch.rows)


def describe_undo(preview: UndoPreview) -> tuple[Message, ...]:
    """Return what undoing repairs would do: how many rows and cells change, and which of them would be held.

    Example:
        >>> [message.code for message in describe_undo(UndoPreview("items", 3, 2, 2, 0, 1))]
        ['preview_undo', 'repairs_left']
    """
    lines = [Message.of("preview_undo", rows=preview.rows, cells=preview.cells, repairs=preview.repairs)]
    lines += [Message.of("preview_undo_held", held=preview.held)] if preview.held else []
    return (*lines, *([Message.of("repairs_left", repairs=preview.left)] if preview.left else []))


def undo_questions(preview: UndoPreview) -> Iterator[Message]:
    """Yield why a person has to confirm that repairs are undone: rows would be held, which no one request publishes again.

    Example:
        >>> [message.code for message in undo_questions(UndoPreview("items", 3, 2, 2, 1, 0))]
        ['question_undo_holds']
    """
    if preview.held:
        yield Message.of("question_undo_holds", held=preview.held)


def describe_mapping(preview: MappingPreview) -> tuple[Message, ...]:
    """Return what mapping values to one spelling would do: the published rows that change, those that would be held, and the held rows.

    Example:
        >>> [message.code for message in describe_mapping(MappingPreview("items", "brand", {"Nkie": "Nike"}, 2, 1, 0, ""))]
        ['preview_mapping', 'preview_mapping_held']
    """
    lines = [Message.of("preview_mapping", rows=preview.published, column=preview.column)]
    lines += [Message.of("preview_undo_held", held=preview.failing)] if preview.failing else []
    return (*lines, *([Message.of("preview_mapping_held", held=preview.held)] if preview.held else []))


def _score(value: float | None) -> str:
    return "-" if value is None else score_text(value)
