"""Findings of `doctor` and steps of a progress bar are written in Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sluice.cli.language import speak
from sluice.cli.main import outcome


def test_doctor_reports_in_chinese(published_shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LANGUAGE", "zh")
    outcome(["doctor", "--config", str(published_shop)])
    speak("en")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["内容", "状态", "发现"]
    assert [line for line in lines if re.search(r"\b(fine|broken|warning)\b", line)] == []
    assert any(line.split() == ["数据库", "正常", "sqlite", "有应答"] for line in lines)
