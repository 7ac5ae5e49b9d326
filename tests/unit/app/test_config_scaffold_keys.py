"""Rows that come twice are copies, whatever their ids: `init` holds repeated keys and removes copies where rows differ in nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.app.config_scaffold import scaffold_config


@pytest.mark.parametrize(("price", "holds"), [("5", True), ("6", False)])
def test_a_repeated_key_is_suspicious_only_where_other_cells_differ(tmp_path: Path, price: str, holds: bool) -> None:  # a case
    lines = [f"e{number:04},view,2026-11-2{number % 5}T10:00:{number % 60:02}Z,5" for number in range(400)]
    lines.append(lines[7].rpartition(",")[0] + f",{price}")
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "events-2026-11-26.csv").write_text("\n".join(["event_id,event_type,ts,price", *lines]) + "\n")
    _, text, checks = scaffold_config(tmp_path / "landing", tmp_path, lambda _: None)
    assert any("with other cells" in check.text for check in checks) is not holds
    assert ("- deduplicate" in text) is holds
