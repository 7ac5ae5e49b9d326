"""Load what processes of tests need, in the server that they are forked from. No pool of threads is started by that."""

from sluice.worker.process import name_main_module

name_main_module()

import great_expectations  # noqa: E402, F401

import sluice.app  # noqa: E402
import sluice.cli.run  # noqa: E402
import sluice.store  # noqa: E402
import sluice.worker.session  # noqa: E402, F401
