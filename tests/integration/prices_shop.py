"""A shop with one dataset of prices, whose requests are carried out and answered."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sluice.app import App, build, process_requests
from sluice.domain import CorrectedCell, Request, RequestKind
from sluice.messages import render

PRICE = "expect_column_values_to_be_between:price"
SUITE = "suite: [expect_column_values_to_be_between: {column: price, min_value: 0}]"


def config_of(*settings: str, columns: str = "sku: {type: string}, price: {type: number}") -> str:
    """Return a configuration whose dataset has further settings; lines within one begin with the spaces that they need below `datasets`."""
    lines = ['source: {files: "landing/*.csv"}', "key: [sku]", f"columns: {{{columns}}}", *settings]
    return "\n".join(["", "clock: 2026-03-03T06:00:00Z", "datasets:", "  prices:", *(f"    {line}" for line in lines), ""])


def write_shop(folder: Path, config: str, days: Mapping[int, Sequence[str]], header: str = "sku,price") -> Path:
    """Write a configuration and a landed file for each day of March; return the path of sluice.yaml."""
    (folder / "landing").mkdir()
    for day, lines in days.items():
        (folder / "landing" / f"prices-2026-03-0{day}.csv").write_text("\n".join([header, *lines]) + "\n")
    (folder / "sluice.yaml").write_text(config)
    return folder / "sluice.yaml"


@contextmanager
def published_shop(path: Path) -> Iterator[App]:
    """Open a shop once all that landed is published: by the first test that wants this very shop, others take a copy of what that left."""
    folder = path.parent
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    content = "\n".join(f"{file.relative_to(folder)}\n{file.read_text(encoding='utf-8')}" for file in files)
    published = folder.parent / f"published-{hashlib.sha256(content.encode()).hexdigest()[:16]}"
    if not published.exists():
        with build(path) as app:
            list(app.run(app.pending_arrivals()))
        shutil.copytree(folder, published)
    shutil.copytree(published, folder, dirs_exist_ok=True)
    with build(path) as app:
        yield app


def carry_out(
    app: App,
    name: str,
    kind: RequestKind,
    rows: tuple[str, ...] = (),
    rule: str | None = None,
    *,
    cells: Sequence[CorrectedCell] = (),
    dataset: str = "prices",
    **facts: Any,  # of Request
) -> str:
    """File a request, carry it out, and return its state and answer."""
    app.store.requests.submit(Request(name, kind, dataset, "Ann", "decided", app.now(), rows, rule, **facts), cells)
    process_requests(app)
    return answer_to(app, name)


def answer_to(app: App, name: str) -> str:
    """Return state and answer of a request."""
    request = app.store.requests.get(name)
    assert request is not None
    return f"{request.state}: {render(request.answer)}"
