"""Let Airflow wait for a gate of Sluice, or stop at one: copy this file and read_gate.py beside it into the folder of plugins or DAGs.

    from airflow_gate import SluiceGateOperator, SluiceGateSensor

    SluiceGateOperator(task_id="gate", url="http://sluice.shop.example:8600", dataset="events") >> train      # a circuit breaker
    SluiceGateSensor(task_id="wait", url="http://sluice.shop.example:8600", dataset="events", deferrable=True, timeout=6 * 3600) >> train

The token is the environment variable SLUICE_API_VIEWER of the workers (and of the triggerer, where the sensor is deferrable). Written for Airflow 3.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from airflow.sdk import BaseOperator, BaseSensorOperator, PokeReturnValue
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException
from airflow.triggers.base import BaseTrigger, TriggerEvent
from read_gate import ask


class SluiceGateOperator(BaseOperator):
    """Go on where a gate is open: skip what follows where it is closed, fail, to be tried again, where it is unknown. Returns the snapshot to learn from."""

    template_fields = ("url", "dataset")

    def __init__(self, *, url: str, dataset: str, variable: str = "SLUICE_API_VIEWER", fail_if_closed: bool = False, **options: Any) -> None:
        """Store what is asked.

        Args:
            url: Address of the HTTP API of Sluice.
            dataset: Name of the dataset.
            variable: Environment variable that holds a token of the role viewer.
            fail_if_closed: Fail, and do not skip, where the gate is closed.
            options: Of every operator.
        """
        super().__init__(**options)
        self.url, self.dataset, self.variable, self.fail_if_closed = url, dataset, variable, fail_if_closed

    def execute(self, context: object) -> str | None:
        """Read the gate."""
        gate = ask(self.url, self.dataset, self.variable)
        self.log.info("%s", gate.text)
        if gate.state == "closed":
            raise (AirflowFailException if self.fail_if_closed else AirflowSkipException)(gate.text)
        if gate.state != "open":
            raise AirflowException(gate.text)
        return gate.snapshot


class SluiceGateSensor(BaseSensorOperator):
    """Wait until a gate is open; as a deferrable task it takes no place of a worker meanwhile. Returns the snapshot to learn from."""

    template_fields = ("url", "dataset")

    def __init__(self, *, url: str, dataset: str, variable: str = "SLUICE_API_VIEWER", deferrable: bool = False, **options: Any) -> None:
        """Store what is asked.

        Args:
            url: Address of the HTTP API of Sluice.
            dataset: Name of the dataset.
            variable: Environment variable that holds a token of the role viewer.
            deferrable: Wait in the triggerer.
            options: Of every sensor: `poke_interval`, `timeout`, `mode` and so on.
        """
        super().__init__(**options)
        self.url, self.dataset, self.variable, self.deferrable = url, dataset, variable, deferrable

    def poke(self, context: object) -> PokeReturnValue:
        """Read the gate once."""
        gate = ask(self.url, self.dataset, self.variable)
        self.log.info("%s", gate.text)
        return PokeReturnValue(is_done=gate.state == "open", xcom_value=gate.snapshot)

    def execute(self, context: object) -> object:
        """Wait here, or in the triggerer."""
        if not self.deferrable:
            return super().execute(context)
        first = self.poke(context)
        if first.is_done:
            return first.xcom_value
        trigger = SluiceGateTrigger(self.url, self.dataset, self.variable, float(self.poke_interval))
        self.defer(trigger=trigger, method_name="resume", timeout=timedelta(seconds=float(self.timeout)))
        return None  # never reached: it is deferred by an exception

    def resume(self, context: object, event: dict[str, Any]) -> str | None:
        """Go on once the gate is open."""
        return event["snapshot"]


class SluiceGateTrigger(BaseTrigger):
    """Look at a gate from time to time, in the triggerer, until it is open."""

    def __init__(self, url: str, dataset: str, variable: str, interval: float) -> None:
        """Store what is asked, and how many seconds lie between two looks."""
        super().__init__()
        self.url, self.dataset, self.variable, self.interval = url, dataset, variable, interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the path of this class, and its arguments."""
        arguments = {"url": self.url, "dataset": self.dataset, "variable": self.variable, "interval": self.interval}
        return f"{type(self).__module__}.{type(self).__name__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield one event, once the gate is open."""
        while (gate := await asyncio.to_thread(ask, self.url, self.dataset, self.variable)).state != "open":
            await asyncio.sleep(self.interval)
        yield TriggerEvent({"snapshot": gate.snapshot})
