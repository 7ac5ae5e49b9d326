"""`sluice serve`: the schedule, the worker that carries out requests, and the dashboard, in one place until Ctrl-C."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from datetime import timedelta

from dashboard.launch import command
from sluice import alerts, schedule
from sluice.bootstrap import App
from sluice.errors import Claimed, NotDelivered, SluiceError

BEAT = 5.0
SETTLED = timedelta(seconds=5)  # a file written to more recently may not be whole yet
STOP = 10.0


def serve(app: App, *, say: Callable[[str], None]) -> None:
    """Run until interrupted; what is under way is finished, and nothing is left running.

    Args:
        app: What to serve.
        say: Tells the person at the terminal.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    worker = Worker(app, say)
    timetable = app.config.schedule
    crons = {job: (cron, worker.job(job)) for job, cron in (("ingest", timetable.ingest), ("audit", timetable.audit), ("retrain", timetable.retrain)) if cron}
    scheduler = schedule.start(crons, timetable.timezone, app.store, app.now, every={BEAT: worker.beat})
    where = app.config.dashboard
    pages = subprocess.Popen(command(app.path, where.host, where.port), start_new_session=True)  # noqa: S603  # our own command line
    say(f"the dashboard: http://{where.host}:{where.port} (Ctrl-C ends it)")
    try:
        while not stop.wait(1) and pages.poll() is None:
            pass
    finally:
        say("stopping: what is under way is finished first")
        pages.terminate()
        scheduler.shutdown(wait=True)
        try:
            pages.wait(STOP)
        except subprocess.TimeoutExpired:
            pages.kill()


class Worker:
    """Does one thing at a time; a job that fails is told of, and the next one goes on."""

    def __init__(self, app: App, say: Callable[[str], None]) -> None:
        """Keep the application, and name this worker in the heartbeat."""
        self.app = app
        app.settled = lambda written: app.now() - written > SETTLED
        self.say = say
        self.name = socket.gethostname()
        self.one = threading.Lock()

    def job(self, name: str) -> Callable[[], None]:
        """A scheduled job by its name."""
        action = {"ingest": self._ingest, "audit": self._audit, "retrain": self._retrain}[name]
        return lambda: self._guarded(name, action)

    def beat(self) -> None:
        """Say that this worker lives, and carry out what people asked for."""
        self.app.store.heartbeat(self.name)
        self._guarded("requests", self.app.work)

    def _guarded(self, name: str, action: Callable[[], object]) -> None:
        with self.one:
            try:
                action()
            except Claimed as error:
                self.say(f"{name}: {error}")
            except SluiceError as error:
                self.say(f"{name}: {error}")
                self._tell(alerts.about_failure(name, error))

    def _ingest(self) -> None:
        for run in self.app.run(self.app.waiting()):
            self.say(f"{run.dataset} {run.id}: {run.good:,} clean, {run.bad:,} held, {run.decision}")
            self._tell(alerts.about_run(run))

    def _audit(self) -> None:
        for dataset in self.app.config.datasets:
            self._tell(alerts.about_run(self.app.audit(dataset)))

    def _retrain(self) -> None:
        result = self.app.retrain(by="schedule")
        self.say(f"retrain: {result.why}")
        for decision in result.decisions:
            self._tell(alerts.about_gate(decision))

    def _tell(self, message: alerts.Message | None) -> None:
        if message is None:
            return
        try:
            self.app.alerts.send(message)
        except NotDelivered as error:
            self.say(str(error))
