"""Let Prefect stop at a gate of Sluice: copy this file and read_gate.py beside it to where your flows are.

    from prefect_gate import sluice_gate

    @flow
    def retrain():
        snapshot = sluice_gate("http://sluice.shop.example:8600", "events")
        train(snapshot)

The token is the environment variable SLUICE_API_VIEWER where the flow runs. Written for Prefect 3.
"""

from __future__ import annotations

from typing import Any

from prefect import task
from prefect.logging import get_run_logger
from read_gate import Gate, ask


class GateNotOpen(Exception):
    """Stop a flow at a gate that is closed or unknown.

    Attributes:
        gate: The gate.
    """

    def __init__(self, gate: Gate) -> None:
        """Keep the gate."""
        super().__init__(gate.text)
        self.gate = gate


def is_unknown(task: Any, run: Any, state: Any) -> bool:
    """Return True where the task is to be tried again: a gate that is unknown, or not answered, may be open soon; a closed one waits for people."""
    _ = task, run
    error = state.result(raise_on_failure=False)
    return isinstance(error, GateNotOpen) and error.gate.state != "closed"


@task(name="sluice-gate", retries=3, retry_delay_seconds=60, retry_condition_fn=is_unknown)
def sluice_gate(url: str, dataset: str, variable: str = "SLUICE_API_VIEWER") -> str | None:
    """Return the snapshot to learn from, where the gate is open.

    Args:
        url: Address of the HTTP API of Sluice.
        dataset: Name of the dataset.
        variable: Environment variable that holds a token of the role viewer.

    Raises:
        GateNotOpen: It is closed, or unknown; the message says why.
    """
    gate = ask(url, dataset, variable)
    get_run_logger().info("%s", gate.text)
    if gate.state != "open":
        raise GateNotOpen(gate)
    return gate.snapshot
