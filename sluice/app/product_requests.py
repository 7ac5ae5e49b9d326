"""Carry out what people request about products that may be one: find them, and write, take back and import labels of pairs."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sluice.app.app import App
from sluice.app.pair_lines import with_imported, with_pair, without_pair
from sluice.config.product_settings import pairs_path
from sluice.domain import PAIR_COLUMNS, SAME, Message, Request
from sluice.errors import LeaseHeld, UsageError
from sluice.messages import make_error
from sluice.store.label_file import change_label_file, parse_labels

PAIRS = 20  # pairs that people are asked about before the labels are learned from again


def find_products(app: App, request: Request) -> Message:
    """Find the products of a catalog that are listed under several ids, and keep them with the pairs to label next.

    Raises:
        UsageError: Nothing is published, or the products cannot be compared.
    """
    matches = app.worker.find_products(request.dataset, PAIRS, app.store.snapshot().id)
    app.store.product_matches.save(matches)
    return Message.of("products_found", groups=len(matches.groups), products=matches.products)


def label_pair(app: App, request: Request) -> Message:
    """Write what a person says of two products into the file of labels; a request is written once.

    Raises:
        UsageError: The file cannot be written.
    """
    one, other = request.rows
    return Message.of("label_written", file=_change(app, request, lambda lines: with_pair(lines, one, other, request.id, same=request.rule == SAME)))


def undo_label_pair(app: App, request: Request) -> Message:
    """Take what a person said of two products out of the file of labels again.

    Raises:
        LeaseHeld: It is not written yet.
        UsageError: There is no such label, or the file cannot be written.
    """
    label = app.store.requests.get(request.rows[0])
    if label is None or (label.kind, label.dataset) != ("label_pair", request.dataset):
        raise make_error(UsageError, "label_unknown", request=request.rows[0])
    if label.state in ("pending", "taken"):
        raise make_error(LeaseHeld, "label_written_first", label=label.id)
    one, other = label.rows
    return Message.of("label_taken_back", file=_change(app, request, lambda lines: without_pair(lines, one, other, label.id)))


def import_pairs(app: App, request: Request) -> Message:
    """Put the imported labels in the place of those on the same pairs.

    Raises:
        UsageError: It is no such file, or the file of labels cannot be written.
    """
    content = "".join(cell.text or "" for cell in app.store.requests.cells(request.id))
    imported = parse_labels(content.encode(), "CSV", PAIR_COLUMNS)
    file = _change(app, request, lambda lines: with_imported(lines, imported, request.id))
    return Message.of("pairs_imported", pairs=len(imported), file=file)


def _change(app: App, request: Request, change: Callable[[pl.DataFrame], pl.DataFrame]) -> str:
    """Change the file of labels, and return its path below the folder of sluice.yaml."""
    path, root = pairs_path(app.config, request.dataset), app.config.root
    change_label_file(path, change, PAIR_COLUMNS)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
