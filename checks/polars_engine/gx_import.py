"""Import Great Expectations first and without noise: no telemetry, no log entry per metric, no warnings of its own imports."""

import logging
import os
import sys
import warnings
from importlib.machinery import ModuleSpec

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
logging.getLogger("great_expectations").setLevel(logging.WARNING)

main = sys.modules["__main__"]
main.__spec__ = main.__spec__ or ModuleSpec("__main__", None)  # pyspark, which it imports where it is installed, ends an interactive session without one

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports sre_constants, which Python 3.11 deprecates
    import great_expectations  # noqa: F401  # imported for its side effects, without warnings
