"""Whether sluice.yaml is the configuration in force, may become it, or has to wait for a person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sluice.domain import ConfigVersion
from sluice.rules.configurations import approval_refusal, standing_of

LIVE = ConfigVersion(3, "d1", "Ann", "", datetime(2026, 3, 1, tzinfo=UTC), "live", machine="here")


@pytest.mark.parametrize(
    ("digest", "machine", "shared", "approval", "standing"),
    [
        ("d1", "there", True, True, "in_force"),
        ("d2", "here", True, False, "new"),
        ("d2", "there", True, False, "differs"),
        ("d2", "there", False, False, "new"),  # a container of another name: the store serves one machine
        ("d2", "here", False, True, "unapproved"),
    ],
)
def test_a_file_stands_to_the_version_in_force(digest: str, machine: str, shared: bool, approval: bool, standing: str) -> None:  # parameters of the test
    assert standing_of(digest, LIVE, machine=machine, shared=shared, approval=approval) == standing


def test_the_first_file_is_the_first_version() -> None:
    assert standing_of("d1", None, machine="here", shared=True, approval=True) == "new"


def test_a_live_version_is_no_draft() -> None:
    refused = approval_refusal(LIVE, LIVE, "Bo")
    assert refused is not None
    assert refused.code == "config_no_draft"
