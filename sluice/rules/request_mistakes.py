"""Tell what a request lacks before it can be filed. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import get_args

from sluice.domain import DIFFERENT, EMPTY, SAME, Message, Request, RequestKind

_RULES: Collection[RequestKind] = ("try_rule", "change_rule", "undo_change_rule", "map_values", "undo_map_values")
_OF_NO_DATASET: Collection[RequestKind] = ("run", "retrain", "refit", "rollback", "undo_rollback")


def request_mistake(request: Request, datasets: Collection[str]) -> Message:
    """Return what is wrong with a request; the empty message where it can be filed.

    Args:
        request: The request.
        datasets: Names of the shop's datasets.

    Example:
        >>> from datetime import UTC, datetime
        >>> request = Request("r1", "reject", "events", "Ada", "", datetime(2026, 3, 15, tzinfo=UTC))
        >>> request_mistake(request, ["events"]).code
        'request_without_rows_or_rule'
    """
    kind, names_dataset = request.kind, request.kind not in _OF_NO_DATASET
    message, kinds = Message.of, get_args(RequestKind)
    mistakes = {
        message("request_without_name"): not request.by.strip(),
        message("override_without_reason"): kind == "override" and not request.note.strip(),
        message("request_kind_unknown", kind=kind, kinds=kinds): kind not in kinds,
        message("request_dataset_unknown", dataset=request.dataset, datasets=tuple(sorted(datasets))): names_dataset and request.dataset not in datasets,
        message("request_without_rows_or_rule", kind=kind): kind in ("release", "reject") and not request.rows and not request.rule,
        message("request_without_model", kind=kind): kind in ("rollback", "undo_rollback", "refit") and not request.model,
        message("override_without_end"): kind == "override" and request.until is None,
        message("correction_without_rows"): kind == "correct" and not request.rows,
        message("undo_without_repairs"): kind == "undo" and not request.rows,
        message("undo_without_releases"): kind == "undo_release" and not request.rows,
        message("request_without_row", kind=kind): kind in ("label", "import_labels") and not request.rows,
        message("undo_without_label"): kind in ("undo_label", "undo_label_pair") and not request.rows,
        message("pair_without_answer"): kind == "label_pair" and not _is_pair(request),
        message("import_without_products"): kind == "import_pairs" and not request.rows,
        message("merge_without_products"): kind == "merge_products" and len(set(request.rows)) != max(2, len(request.rows)),
        message("undo_without_merge"): kind == "undo_merge_products" and not request.rows,
        message("undo_without_rejections"): kind == "undo_reject" and not request.rows,
        message("restore_without_version"): kind == "restore_config" and not (len(request.rows) == 1 and request.rows[0].isdecimal()),
        message("request_without_trial", kind=kind): kind in _RULES and not request.rows,
    }
    return next((mistake for mistake, applies in mistakes.items() if applies), EMPTY)


def _is_pair(request: Request) -> bool:
    return len(set(request.rows)) == 2 == len(request.rows) and request.rule in (SAME, DIFFERENT)
