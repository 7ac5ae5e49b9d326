"""`sluice verify-log` says whether the log is intact, under a key or without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from sluice.cli.main import outcome
from sluice.store import connect

CONFIG = """
clock: 2026-03-02
datasets:
  a:
    source: {files: "landing/*.csv"}
    columns: {id: {type: string}}
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A shop in which somebody opened a gate, and ended that."""
    (tmp_path / "landing").mkdir()
    (tmp_path / "sluice.yaml").write_text(CONFIG)
    monkeypatch.setenv("SLUICE_LOG_KEY", "a key")
    path = str(tmp_path / "sluice.yaml")
    assert outcome(["override", "a", "--for", "2h", "--by", "Ann", "--reason", "the supplier confirmed", "--config", path]) == 0
    assert outcome(["override", "a", "--for", "4h", "--by", "Bo", "--reason", "it takes longer", "--config", path]) == 0
    return path


def verified(config: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = outcome(["verify-log", "--config", config, *arguments])
    return code, capsys.readouterr().out


def test_an_intact_log_is_checked_later_against_what_was_printed(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = verified(config, capsys, "--format", "json")
    facts = json.loads(out)
    assert (code, facts["intact"], facts["entries"], facts["unkeyed"], facts["unchained"]) == (0, True, 2, 0, 0)
    assert verified(config, capsys)[1] == f"the activity log is intact: 2 entries; the newest is 2:{facts['digest']}\n"
    assert verified(config, capsys, "--expect", f"2:{facts['digest']}")[0] == 0
    assert verified(config, capsys, "--expect", f"1:{facts['digest']}") == (1, "the activity log is not intact: entry 1 is not the one with that digest\n")
    assert verified(config, capsys, "--expect", "2")[0] == 2


def test_a_change_is_named_with_its_entry(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    engine = connect(f"sqlite:///{Path(config).parent / '.sluice' / 'sluice.db'}")
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER activity_update"))
        connection.execute(text("UPDATE activity SET who = 'Eve' WHERE number = 2"))
    engine.dispose()
    code, out = verified(config, capsys)
    assert (code, "entry 2 was changed" in out) == (1, True)


def test_without_the_key_it_cannot_be_checked(config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLUICE_LOG_KEY")
    code, out = verified(config, capsys)
    assert (code, out) == (3, "the activity log cannot be checked: a key is missing: entry 1 was written under a key that SLUICE_LOG_KEY does not name\n")
    assert json.loads(verified(config, capsys, "--format", "json")[1])["intact"] is None
