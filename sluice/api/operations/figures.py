"""Answer with the figures that a monitoring system watches."""

from __future__ import annotations

from sluice.api.metrics import MEDIA, write_metrics
from sluice.api.operation import Call, Operation
from sluice.api.parameters import Parameters


def _show_metrics(call: Call, _: Parameters) -> object:
    return write_metrics(call.app, call.among)


OPERATIONS = (
    Operation(
        "getMetrics",
        "GET",
        "/metrics",
        "Write figures for Prometheus.",
        Parameters,
        None,
        _show_metrics,
        media=MEDIA,
        shared=1.0,
    ),
)
