"""Where a detector computes, as it is set."""

from __future__ import annotations

import pytest

from detectors.autoencoder.detector import Autoencoder
from sluice.domain import Column, Schema
from sluice.errors import ModelError

SCHEMA = Schema("table", columns=(Column("a", "number"), Column("b", "number")))


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:x", "CPU"])
def test_a_device_of_no_known_kind_is_refused_with_the_known_ones(device: str) -> None:
    with pytest.raises(ValueError, match="device is auto, cpu, cuda"):
        Autoencoder(SCHEMA, device=device)


def test_a_device_that_is_not_there_is_told_with_the_way_out() -> None:
    with pytest.raises(ModelError, match="device: auto"):
        _ = Autoencoder(SCHEMA, device="cuda:99").torch_device


def test_auto_is_what_nothing_said_is() -> None:
    assert Autoencoder(SCHEMA, device="auto").torch_device == Autoencoder(SCHEMA).torch_device
    assert Autoencoder(SCHEMA, device="cpu").torch_device == "cpu"
