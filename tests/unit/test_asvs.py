"""The list of what OWASP's ASVS asks names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_list_names_is_there() -> None:
    names = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/background/asvs.md").read_text(encoding="utf-8")))
    defined = {name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)}
    assert len(names) > 15
    assert names <= defined
