"""Write the figures that a monitoring system watches, in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sluice.app import App
from sluice.config import Config
from sluice.domain import Run
from sluice.rules.people import dataset_of_model
from sluice.store.figures import Figures, read_figures
from sluice.store.today_queries import held_count
from sluice.wiring import clock

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_OUTCOMES = ("published", "held", "copy", "superseded")  # in the order of `sluice.store.figures.ROWS`


def write_metrics(app: App, among: Collection[str] | None = None) -> str:
    """Return the figures of a shop as text.

    Args:
        app: The application.
        among: Only figures about these datasets; None: all, those about the whole shop too.

    Raises:
        StoreError: Database or lake do not answer.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Shop(app, among))
    return generate_latest(registry).decode()


class _Shop(Collector):
    """Collect the figures of a shop."""

    def __init__(self, app: App, among: Collection[str] | None) -> None:
        self._app, self._among = app, among

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the figures are computed once, when they are collected."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Compute the figures."""
        app, figures = self._app, read_figures(self._app.store.database)
        if self._among is not None:
            figures = _only(figures, self._among, app.config)
        names = [name for name in app.config.datasets if self._among is None or name in self._among]
        yield from _datasets(app, names)
        yield from _batches(app, names)
        yield from _counters(figures)
        yield from _waiting(figures)
        last = app.store.activity.last_heartbeat()
        if last is not None:
            yield _gauge("worker_heartbeat_age_seconds", "Seconds since any worker was alive.", (), [((), (clock.wall() - last).total_seconds())])


def _only(figures: Figures, among: Collection[str], config: Config) -> Figures:
    """Return the figures about some datasets; requests and alerts are counted for the whole shop."""
    return Figures(
        runs={labels: count for labels, count in figures.runs.items() if labels[0] in among},
        rows={dataset: counts for dataset, counts in figures.rows.items() if dataset in among},
        requests={},
        incidents={labels: count for labels, count in figures.incidents.items() if labels[0] in among},
        alerts={},
        models={name: version for name, version in figures.models.items() if dataset_of_model(name, config.learns_from) in among},
    )


def _datasets(app: App, names: Sequence[str]) -> Iterator[Metric]:
    opened = [((name,), float(app.gate(name).open)) for name in names]
    yield _gauge("gate_open", "1 where a dataset may be learned from now, else 0.", ("dataset",), opened)
    held = [((name,), float(held_count(app.store, name))) for name in names]
    yield _gauge("held_rows", "Rows that wait for a decision.", ("dataset",), held)


def _batches(app: App, names: Sequence[str]) -> Iterator[Metric]:
    """Yield the figures of the newest batch of each dataset."""
    pages = {name: app.store.runs.page(1, dataset=name, state="published", kind="ingest") for name in names}
    newest = {name: page[0][1] for name, page in pages.items() if page}
    scores = [((name, phase), value) for name, run in newest.items() for phase, value in _scores(run)]
    yield _gauge("score", "Score of the newest batch, 0 to 100, as it arrived and as it was published.", ("dataset", "phase"), scores)
    dimensions = [((name, dimension), value) for name, run in newest.items() for dimension, value in run.published.dimensions.items()]
    yield _gauge("dimension_score", "Score of one dimension of the rows of the newest batch that were published.", ("dataset", "dimension"), dimensions)
    seconds = [((name,), (run.finished - run.started).total_seconds()) for name, run in newest.items() if run.started and run.finished]
    yield _gauge("run_duration_seconds", "Seconds that the run of the newest batch took.", ("dataset",), seconds)
    finished = [((name,), run.finished.timestamp()) for name, run in newest.items() if run.finished]
    yield _gauge("run_finished_timestamp_seconds", "When the newest batch was published.", ("dataset",), finished)


def _scores(run: Run) -> Iterator[tuple[str, float]]:
    for phase, score in (("arrival", run.arrival), ("published", run.published)):
        if score.value is not None:
            yield phase, score.value


def _counters(figures: Figures) -> Iterator[Metric]:
    runs = CounterMetricFamily("sluice_runs", "Runs that were recorded.", labels=("dataset", "kind", "state"))
    for labels, count in figures.runs.items():
        runs.add_metric(labels, count)
    rows = CounterMetricFamily("sluice_rows", "Rows of new batches, by what was decided when they arrived.", labels=("dataset", "outcome"))
    for dataset, counts in figures.rows.items():
        for outcome, count in zip(_OUTCOMES, counts, strict=True):
            rows.add_metric((dataset, outcome), count)
    yield from (runs, rows)


def _waiting(figures: Figures) -> Iterator[Metric]:
    yield _gauge("requests", "Requests that are not answered yet.", ("kind", "state"), figures.requests.items())
    yield _gauge("incidents", "Incidents that are not resolved.", ("dataset", "severity"), figures.incidents.items())
    yield _gauge("alerts", "Alerts by what became of them.", ("state",), figures.alerts.items())
    yield _gauge("model_version", "Version of a model that serves.", ("model",), [((name,), version) for name, version in figures.models.items()])


def _gauge(name: str, text: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    gauge = GaugeMetricFamily(f"sluice_{name}", text, labels=labels)
    for values_of_labels, value in values:
        gauge.add_metric(values_of_labels, value)
    return gauge
