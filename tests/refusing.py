"""Fail a test where something is reported that must not be."""

from typing import NoReturn

import pytest

from sluice.domain import Message


def refuse(reason: Message) -> NoReturn:
    pytest.fail(str(reason))
