"""Export what rules found as the `run_results.json` of a dbt project, whose tests they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sluice import __version__
from sluice.app.app import App
from sluice.app.dbt import Imported, suite_of
from sluice.config.dbt_rules import rule_ids, same_rule
from sluice.domain import Message, Run
from sluice.messages import render
from sluice.store.dashboard_queries import StoredVerdict, run_verdicts

SCHEMA = "https://schemas.getdbt.com/dbt/run-results/v6.json"
_PHASE = "arrival"  # dbt would have tested the rows as they came
_STATUSES = {"passed": "pass", "not_evaluated": "error", "skipped": "skipped"}


def run_results(app: App, tests: Sequence[Imported]) -> Mapping[str, object]:
    """Return what the newest batch of each dataset was like by the rules that tests are.

    Args:
        app: The application.
        tests: The tests.
    """
    results = [result for dataset in dict.fromkeys(one.dataset for one in tests) for result in _results(app, dataset, tests)]
    newest = max((str(result["thread_id"]) for result in results), default="")
    metadata: Mapping[str, object] = {
        "dbt_schema_version": SCHEMA,
        "dbt_version": f"sluice-{__version__}",
        "generated_at": _time(app.now()),
        "invocation_id": newest,
        "env": {},
    }
    return {"metadata": metadata, "results": results, "elapsed_time": 0.0, "args": {"which": "test"}}


def _results(app: App, dataset: str, tests: Sequence[Imported]) -> Iterator[Mapping[str, object]]:
    runs = [run for run in app.store.runs.of(dataset) if run.kind == "ingest" and run.state == "published"]
    newest = runs[-1] if runs else None
    verdicts = {verdict.rule: verdict for verdict in (run_verdicts(app.store, newest.id) if newest else ()) if verdict.phase == _PHASE}
    suite = list(suite_of(app.config, dataset))
    ids = rule_ids(suite)
    for test in tests:
        if test.dataset == dataset and test.step is not None:
            rule = next((rule for rule, step in zip(ids, suite, strict=True) if same_rule(step, test.step)), "")
            yield _result(test.test.id, newest, verdicts.get(rule))


def _result(test: str, run: Run | None, verdict: StoredVerdict | None) -> Mapping[str, object]:
    """Return the result of a test; `thread_id` names the run, since dbt has no other place for it."""
    moments = (run.started, run.finished) if run else (None, None)
    timing = [{"name": "execute", "started_at": _time(moments[0]), "completed_at": _time(moments[1])}] if all(moments) else []
    message = Message.of("dbt_no_run") if verdict is None else verdict.message if verdict.status == "failed" else verdict.observed
    return {
        "status": "skipped" if verdict is None else status_of(verdict),
        "timing": timing,
        "thread_id": run.id if run else "",
        "execution_time": 0.0,
        "adapter_response": {},
        "message": render(message) or None,
        "failures": None if verdict is None or verdict.status not in ("passed", "failed") else verdict.failed,
        "unique_id": test,
        "compiled": None,
        "compiled_code": None,
        "relation_name": None,
        "batch_results": None,
    }


def status_of(verdict: StoredVerdict) -> str:
    """Return the word of dbt for what a rule found: a failed one that is not critical warns."""
    return _STATUSES.get(verdict.status) or ("fail" if verdict.severity == "critical" else "warn")


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"
