"""Where the dashboard may not listen, `sluice serve` says so at its start."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sluice.cli.ports import refuse_taken_port
from sluice.config.dashboard import Dashboard
from sluice.errors import SluiceError


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SluiceError, match="is taken by another program"):
        refuse_taken_port("dashboard", Dashboard(port=taken.getsockname()[1]), Path("sluice.yaml"))


def test_a_host_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(SluiceError, match=r"the dashboard cannot listen on no\.such\.host\.invalid, port 8501 \(.*mend `dashboard` in sluice\.yaml") as error:
        refuse_taken_port("dashboard", Dashboard.model_construct(host="no.such.host.invalid", port=8501), Path("sluice.yaml"))
    assert "\n" not in str(error.value)
