"""Let Dagster check a gate of Sluice: copy this file and read_gate.py beside it into the package of your definitions.

    from dagster_gate import sluice_gate_check

    @dg.asset
    def events(): ...

    @dg.asset(deps=[events])
    def model(): ...

    defs = dg.Definitions([events, model], asset_checks=[sluice_gate_check(events, url="http://sluice.shop.example:8600", dataset="events")])

A blocking check stops what depends on the asset. The token is the environment variable SLUICE_API_VIEWER where the check runs.
"""

from __future__ import annotations

from typing import Any

from dagster import AssetCheckResult, AssetChecksDefinition, AssetCheckSeverity, asset_check
from read_gate import ask


def sluice_gate_check(asset: Any, *, url: str, dataset: str, variable: str = "SLUICE_API_VIEWER", blocking: bool = True) -> AssetChecksDefinition:
    """Return a check of an asset that passes where the gate of a dataset is open; a gate that is not answered is unknown, and does not pass.

    Args:
        asset: The asset, or its key.
        url: Address of the HTTP API of Sluice.
        dataset: Name of the dataset.
        variable: Environment variable that holds a token of the role viewer.
        blocking: Stop what depends on the asset where the check does not pass.
    """

    @asset_check(asset=asset, name=f"sluice_gate_{dataset}", blocking=blocking, description=f"The gate of {dataset} in Sluice is open.")
    def check() -> AssetCheckResult:
        gate = ask(url, dataset, variable)
        facts = {"state": gate.state, "snapshot": gate.snapshot or "", "reasons": "; ".join(gate.reasons)}
        return AssetCheckResult(passed=gate.state == "open", severity=AssetCheckSeverity.ERROR, description=gate.text, metadata=facts)

    return check
