"""The Chinese texts say what the English ones say, with one word for an idea."""

from pathlib import Path

import pytest

from sluice.domain import Message
from sluice.messages import render

ROOT = Path(__file__).parents[3]
TEXTS = sorted(path for folder in ("sluice", "dashboard") for path in (ROOT / folder).rglob("zh/*.po"))


def test_a_firing_ahead_of_the_clock_is_later_than_the_clock() -> None:
    assert render(Message.of("doctor_firings_fine"), "zh") == "没有晚于当前时钟的触发记录"


@pytest.mark.parametrize("former", ["清洗器", "等待中的申请", "申请 {request}", "较早的申请"])
def test_a_step_and_a_request_have_one_word_each(former: str) -> None:
    assert TEXTS
    assert [path.name for path in TEXTS if former in path.read_text(encoding="utf-8")] == []
