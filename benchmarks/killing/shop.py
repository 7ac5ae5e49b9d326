"""Write a small shop whose files come day by day, and remember which rows they hold."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

CONFIG = """
clock: 2026-12-31T00:00:00Z
database: "{database}"
lake: "{lake}"
datasets:
  items:
    source: {{files: "{landing}/items-*.csv"}}
    mode: snapshot
    key: [id]
    columns: {{id: {{type: string, required: true}}, price: {{type: number}}}}
  events:
    source: {{files: "{landing}/events-*.csv"}}
    key: [id]
    columns: {{id: {{type: string, required: true}}, item: {{type: string}}, quantity: {{type: integer}}}}
    suite: [expect_column_values_to_exist_in_dataset: {{column: item, dataset: items, reference_column: id}}]
    clean: [parse, deduplicate: {{key: [id]}}]
"""


@dataclass
class Shop:
    """Hold a shop: a landing folder that all machines read, and a folder of its own for each machine.

    Attributes:
        folder: Where it is.
        database: Address of its database.
        lake: Address of its lake.
        rows: Rows of each event table in a file.
        files: Ids in each file that landed, by dataset and name of the file.
    """

    folder: Path
    database: str
    lake: str
    rows: int = 30
    files: dict[str, dict[str, list[str]]] = field(default_factory=lambda: {"items": {}, "events": {}})

    def config(self, machine: str) -> Path:
        """Return the sluice.yaml of a machine."""
        path = self.folder / machine / "sluice.yaml"
        (self.folder / "landing").mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.parent.mkdir(parents=True)
            path.write_text(CONFIG.format(database=self.database, lake=self.lake, landing=self.folder / "landing"), encoding="utf-8")
        return path

    def land(self, day: int, seed: int) -> None:
        """Land the files of a day: events of items that are published a day later, a repeated event, and a cell that does not cast."""
        rng = random.Random(f"{seed}-{day}")
        items = [f"i{number}" for number in range(20 + day % 7)]
        events = [f"e{day}-{row}" for row in range(self.rows - 1)]
        events.append(rng.choice(events))
        cells = [f"{event},i{rng.randrange(20 + day % 7 + 1)},{'some' if rng.random() < 0.02 else rng.randint(1, 9)}" for event in events]
        self._write("items", day, "id,price", [f"{item},{rng.randint(1, 99)}.5" for item in items])
        self._write("events", day, "id,item,quantity", cells)

    def _write(self, dataset: str, day: int, header: str, lines: list[str]) -> None:
        landing = self.folder / "landing"
        name = f"{dataset}-2026-{1 + day // 28:02}-{1 + day % 28:02}.csv"
        draft = landing / f".{name}"
        draft.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
        draft.replace(landing / name)
        self.files[dataset][name] = [line.partition(",")[0] for line in lines]
