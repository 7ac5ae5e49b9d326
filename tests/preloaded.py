"""Load what processes of tests need, in the server that they are forked from. No pool of threads is started by that."""

from sluice.worker.process import name_main_module

name_main_module()

import alembic.command  # noqa: E402, F401  # all of them after the main module got its specification
import deltalake  # noqa: E402, F401
import great_expectations  # noqa: E402, F401

import checks.checker  # noqa: E402, F401
import cleaning  # noqa: E402, F401
import sluice.app  # noqa: E402
import sluice.cli.run  # noqa: E402
import sluice.store  # noqa: E402
import sluice.worker.session  # noqa: E402, F401
