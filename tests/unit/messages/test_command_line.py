"""Commands print messages as sentences in tables, and as code, parameters and text in JSON."""

import json

import pytest

from sluice.cli.output import Format, show
from sluice.domain import EMPTY, Message

ROWS = [{"run": "b1", "reasons": Message.of("rows_rejected", rows=2)}, {"run": "b2", "reasons": EMPTY}]


def test_a_table_holds_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, Format.table)
    assert "2 rows were rejected" in capsys.readouterr().out


def test_json_holds_code_parameters_and_text(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, Format.json)
    first, second = json.loads(capsys.readouterr().out)
    assert first["reasons"] == {"code": "rows_rejected", "params": {"rows": 2}, "text": "2 rows were rejected"}
    assert second["reasons"] is None
