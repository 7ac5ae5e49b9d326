"""Read the time zones of a shop and of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from sluice.errors import InvalidValue
from sluice.messages import make_error


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise make_error(InvalidValue, "zone_unknown", name=name) from None
    return name


Zone = Annotated[str, AfterValidator(_time_zone)]


def with_zone_of_shop(config: object) -> object:
    """Return the content of sluice.yaml with the zone of the shop at each column of times that has none of its own.

    Example:
        >>> with_zone_of_shop({"zone": "Asia/Tokyo", "datasets": {"orders": {"columns": {"ts": {"type": "timestamp"}}}}})["datasets"]
        {'orders': {'columns': {'ts': {'zone': 'Asia/Tokyo', 'type': 'timestamp'}}}}
    """
    if not isinstance(config, Mapping) or not config.get("zone") or not isinstance(config.get("datasets"), Mapping):
        return config
    return {**config, "datasets": {name: _with_zone(dataset, config["zone"]) for name, dataset in config["datasets"].items()}}


def _with_zone(dataset: object, zone: object) -> object:
    if not isinstance(dataset, Mapping) or not isinstance(dataset.get("columns"), Mapping):
        return dataset
    columns = dataset["columns"].items()
    times = {name: {"zone": zone, **column} for name, column in columns if isinstance(column, Mapping) and column.get("type") == "timestamp"}
    return {**dataset, "columns": {**dataset["columns"], **times}}
