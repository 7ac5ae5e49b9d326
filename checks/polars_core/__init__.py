"""Compute metrics of a frame as Polars expressions, a whole suite in one scan, with the mask of the failing rows.

Metrics have the names and settings of Great Expectations, which is not imported here: `checks.polars_engine` runs its expectations on this package.
"""

from checks.polars_core.suite import Answer, Before, Finding, Metric, Plan, PlannedSuite

__all__ = ["Answer", "Before", "Finding", "Metric", "Plan", "PlannedSuite"]
