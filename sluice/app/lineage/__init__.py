"""Tell of runs by OpenLineage events."""

from __future__ import annotations

from sluice.app.lineage.deliver import deliver_lineage

__all__ = ["deliver_lineage"]
