"""Let Great Expectations judge a file by its SQL engine on DuckDB, in an environment of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.first_contact.peer_environment import ask_peer

PACKAGES = ("great-expectations==1.24.1", "duckdb-engine==0.17.0", "sqlalchemy<2.1")  # with SQLAlchemy 2.1 no table of DuckDB can be reflected
_SCRIPT = """
import json, logging, os, resource, sys, tempfile, time, warnings
warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
from datetime import datetime
import duckdb
import great_expectations as gx
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

def execute_query(self, query):  # without it the rows of an answer are lost when the connection goes back to its pool
    with self.get_connection() as connection:
        return connection.execute(query).freeze()()

def value(cell):
    return datetime.fromisoformat(cell["time"]) if isinstance(cell, dict) and "time" in cell else cell

SqlAlchemyExecutionEngine.execute_query = execute_query
asked = json.load(sys.stdin)
suite = [(name, {key: value(cell) for key, cell in settings.items()}) for name, settings in asked["suite"]]
database = os.path.join(tempfile.mkdtemp(), "events.duckdb")
with duckdb.connect(database) as connection:
    connection.execute(f"create table events as select * from read_parquet('{asked['path']}')")
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
asset = context.data_sources.add_sql("shop", connection_string=f"duckdb:///{database}").add_table_asset("events", table_name="events")
definition = asset.add_batch_definition_whole_table("whole")
suite = gx.ExpectationSuite("events", expectations=[ExpectationConfiguration(type=name, kwargs=settings) for name, settings in suite])
wall, cpu = time.perf_counter(), time.process_time()
answers = definition.get_batch().validate(suite, result_format="SUMMARY").results
spent = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
counted = [answer for answer in answers if answer.result.get("unexpected_count") is not None]
configurations = [answer.expectation_config for answer in counted]
columns = [{key: cell for key, cell in configuration.kwargs.items() if key.startswith("column")} for configuration in configurations]
failing = [[configuration.type, names, answer.result["unexpected_count"]] for configuration, names, answer in zip(configurations, columns, counted)]
judged = sum(bool(answer.result) for answer in answers)
print("\\n" + json.dumps({**spent, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, "judged": judged, "failing": failing}))
"""


def judge_on_duckdb(path: Path, suite: Sequence[tuple[str, Mapping[str, Any]]]) -> Mapping[str, Any] | None:
    """Return what the peer took (`seconds`, `cpu`, `memory`), how many expectations it `judged`, and its `failing` rows by expectation.

    The file is copied into a table of DuckDB first, which is not counted.

    Args:
        path: Parquet file.
        suite: Expectations with their settings.

    Returns:
        None where the peer cannot be installed.
    """
    settings = [(name, {key: {"time": cell.isoformat()} if hasattr(cell, "isoformat") else cell for key, cell in kwargs.items()}) for name, kwargs in suite]
    answer: Mapping[str, Any] | None = ask_peer(PACKAGES, _SCRIPT, {"path": str(path), "suite": settings})
    return answer
