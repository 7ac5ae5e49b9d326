"""Answers that are shared: computed once for all who ask at a time, never kept where they failed."""

from __future__ import annotations

import asyncio

import pytest

from sluice.api import shared
from sluice.api.shared import SharedAnswers
from tests.coroutines import run_coroutine


def test_all_who_ask_at_a_time_get_one_answer_and_later_ones_another() -> None:
    async def scene() -> tuple[list[int], list[int], list[int]]:
        now, count = [0.0], [0]
        answers: SharedAnswers[int] = SharedAnswers(lambda: now[0])

        async def compute() -> int:
            count[0] += 1
            number = count[0]
            await asyncio.sleep(0)
            return number

        async def ask(key: str) -> int:
            return await answers.get(key, 1.0, compute)

        together = list(await asyncio.gather(ask("a"), ask("a"), ask("b")))
        now[0] = 0.9
        soon = [await ask("a")]
        now[0] = 1.0
        return together, soon, [await ask("a")]

    assert run_coroutine(scene()) == ([1, 1, 2], [1], [3])


def test_what_failed_is_computed_anew() -> None:
    async def scene() -> list[object]:
        count = [0]
        answers: SharedAnswers[int] = SharedAnswers(lambda: 0.0)

        async def compute() -> int:
            count[0] += 1
            if count[0] == 1:
                raise OSError("away")
            return count[0]

        return [*await asyncio.gather(*(answers.get("a", 1.0, compute) for _ in range(2)), return_exceptions=True), await answers.get("a", 1.0, compute)]

    first, second, third = run_coroutine(scene())
    assert isinstance(first, OSError) and first is second
    assert third == 2


def test_whoever_hangs_up_ends_the_answer_for_nobody_else() -> None:
    async def scene() -> int:
        answers: SharedAnswers[int] = SharedAnswers(lambda: 0.0)
        ready = asyncio.Event()

        async def compute() -> int:
            await ready.wait()
            return 7

        gone, stays = (asyncio.ensure_future(answers.get("a", 1.0, compute)) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        ready.set()
        return await stays

    assert run_coroutine(scene()) == 7


def test_few_answers_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MAX_ANSWERS", 3)

    async def scene() -> int:
        now = [0.0]
        answers: SharedAnswers[int] = SharedAnswers(lambda: now[0])

        async def compute() -> int:
            return 1

        for number in range(9):
            now[0] = float(number)
            await answers.get(number, 1.0, compute)
        return len(answers._entries)

    assert run_coroutine(scene()) <= 3
