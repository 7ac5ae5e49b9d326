"""Imports Great Expectations first, and keeps it quiet: no telemetry, no notes on every metric, no warnings of its own imports."""

import logging
import os
import warnings

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
logging.getLogger("great_expectations").setLevel(logging.WARNING)

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports sre_constants, which Python 3.11 deprecates
    import great_expectations  # noqa: F401  # imported for its quiet first time
