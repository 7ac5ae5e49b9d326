"""A row that is held since another is published for its key is shown beside it, on the command line and by what explains rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sluice.app import build
from sluice.cli.main import outcome
from sluice.domain import ROW

SHOP = """\
clock: 2026-03-10T00:00:00Z
datasets:
  orders:
    source: {files: landing/*.csv}
    key: [id]
    columns: {id: {type: string, required: true}, price: {type: number}, mail: {type: string, personal: true}, note: {type: string}}
    on_change: hold
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop without files; gives its sluice.yaml."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(SHOP, encoding="utf-8")
    return tmp_path / "sluice.yaml"


def land(shop: Path, day: int, rows: Sequence[str]) -> None:
    (shop.parent / "landing" / f"orders-2026-03-{day:02}.csv").write_text("\n".join(["id,price,mail,note", *rows]) + "\n", encoding="utf-8")
    with build(shop) as app:
        list(app.run(app.pending_arrivals()))


def held_row(shop: Path) -> str:
    with build(shop) as app:
        return str(app.store.quarantine.held("orders").get_column(ROW).item())


def printed(capsys: Any, *arguments: str) -> Any:
    capsys.readouterr()
    assert outcome([*arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_published_cells_stand_beside_those_of_the_held_row(shop: Path, capsys: Any) -> None:
    land(shop, 1, ["a,1.5,a@b.example,red", "b,2.5,b@b.example,blue"])
    land(shop, 2, ["a,9.5,c@b.example,red"])
    row = held_row(shop)
    cells = {cell["column"]: cell for cell in printed(capsys, "quarantine", "show", "orders", row, "--config", str(shop))}
    assert {name: (cell["value"], cell["published"], cell["differs"]) for name, cell in cells.items()} == {
        "id": ("a", "a", False),
        "price": (9.5, 1.5, True),
        "mail": ("•••", "•••", True),
        "note": ("red", "red", False),
    }
    assert outcome(["quarantine", "show", "orders", row, "--config", str(shop)]) == 0
    output = capsys.readouterr()
    assert [line.split() for line in output.out.splitlines()] == [
        ["column", "value", "published", "blamed"],
        ["id", "a", "yes"],
        ["price", "9.5", "1.5"],
        ["mail", "•••", "•••"],
        ["note", "red"],
    ]
    conflict = printed(capsys, "explain", row, "--config", str(shop))["conflict"]
    assert conflict["cells"] == [{"column": "price", "held": "9.5", "published": "1.5"}, {"column": "mail", "held": "•••", "published": "•••"}]
    published = conflict["row"]
    assert f"row {published} is published for this key" in output.err
    assert printed(capsys, "explain", published, "--config", str(shop))["conflict"] is None
    outcome(["explain", row, "--config", str(shop)])
    assert f"row {published} is published for its key; these cells differ" in capsys.readouterr().err
