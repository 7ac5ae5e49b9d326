"""`sluice serve`: the schedule, the worker that carries out requests, and the dashboard, in one place until Ctrl-C."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from dashboard.launch import command
from sluice import alerts, schedule
from sluice.app import App
from sluice.config.models import Dashboard
from sluice.errors import LeaseHeld, NotDelivered, SluiceError
from sluice.messages import render
from sluice.wiring import clock

BEAT = 5.0
SETTLED = timedelta(seconds=5)  # a file written to more recently may not be whole yet
STOP = 10.0


def serve(app: App, *, say: Callable[[str], None]) -> None:
    """Run until interrupted; the batch under way is finished, and nothing is left running.

    Args:
        app: What to serve.
        say: Tells the person at the terminal.

    Raises:
        SluiceError: The dashboard's port is taken, or the dashboard ended by itself.
    """
    refuse_taken(app.config.dashboard, app.path)
    stop = _stopped_by_signals()
    worker = Worker(app, say, stop)
    timetable = app.config.schedule
    crons = {job: (cron, worker.job(job)) for job, cron in (("ingest", timetable.ingest), ("audit", timetable.audit), ("retrain", timetable.retrain)) if cron}
    every = {"heartbeat": (BEAT, worker.beat), "requests": (BEAT, worker.job("requests"))}
    scheduler = schedule.start(crons, timetable.timezone, app.store, clock.wall, every=every, ended=worker.ended)
    where = app.config.dashboard
    pages = subprocess.Popen(command(app.path, where.host, where.port), start_new_session=True)  # noqa: S603  # our own command line
    say(f"the dashboard: http://{where.host}:{where.port} (Ctrl-C ends it)")
    try:
        while not stop.wait(1):
            if pages.poll() is not None:
                raise SluiceError(f"the dashboard ended by itself (exit code {pages.returncode})")
    finally:
        stop.set()
        say("stopping: the batch under way is finished first; Ctrl-C again leaves it to the next start")
        pages.terminate()
        scheduler.shutdown(wait=True)
        try:
            pages.wait(STOP)
        except subprocess.TimeoutExpired:
            pages.kill()


def refuse_taken(where: Dashboard, config: Path) -> None:
    """Look whether the dashboard may listen, before anything is begun.

    Raises:
        SluiceError: Another program listens there.
    """
    with socket.socket() as probe:
        if probe.connect_ex((where.host, where.port)) == 0:
            raise SluiceError(f"port {where.port} is taken by another program; end it, or write `dashboard: {{port: {where.port + 1}}}` into {config}")


def _stopped_by_signals() -> threading.Event:
    """An event that the first Ctrl-C sets; the second one ends the process where it stands, which loses nothing."""
    stop = threading.Event()

    def heard(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, heard)
    return stop


class Stopped(SluiceError):
    """The rest of a job is left to the next start."""


class Worker:
    """Does one thing at a time; a job that fails is told of, and the next one goes on."""

    def __init__(self, app: App, say: Callable[[str], None], stop: threading.Event) -> None:
        """Keep the application, and name this worker in the heartbeat."""
        self.app = app
        app.settled = lambda written: clock.wall() - written > SETTLED
        self.say = say
        self.stop = stop
        self.name = socket.gethostname()
        self.one = threading.Lock()
        self.failing: dict[str, str] = {}

    def job(self, name: str) -> Callable[[], None]:
        """A job by its name."""
        action = {"ingest": self._ingest, "audit": self._audit, "retrain": self._retrain, "requests": self.app.work}[name]

        def alone() -> None:
            with self.one:
                self._go_on()
                action()

        return alone

    def beat(self) -> None:
        """Say that this worker lives."""
        self.app.store.activity.heartbeat(self.name)

    def ended(self, job: str, error: BaseException | None) -> None:
        """Tell of a job that failed: once, until it fails otherwise or works again."""
        said = "" if error is None or isinstance(error, LeaseHeld | Stopped) else str(error) or type(error).__name__
        if said and said != self.failing.get(job):
            self.say(f"{job}: {said}")
            self._tell(alerts.about_failure(job, said))
        self.failing[job] = said

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise Stopped

    def _ingest(self) -> None:
        broken: list[SluiceError] = []
        with closing(self.app.run(self.app.waiting(broken=broken.append))) as runs:
            for run in runs:
                self.say(
                    " ".join(
                        (
                            f"{run.dataset} {Path(run.uri).name or run.kind}: {run.good:,} clean, {run.bad:,} held, {run.decision}",
                            *map(render, run.reasons),
                            render(run.error),
                        )
                    ).strip()
                )
                self._tell(alerts.about_run(run))
                self._go_on()
        if broken:
            raise broken[0]

    def _audit(self) -> None:
        for dataset in self.app.config.datasets:
            self._tell(alerts.about_run(self.app.audit(dataset)))
            self._go_on()

    def _retrain(self) -> None:
        result = self.app.retrain(by="schedule")
        self.say(f"retrain: {render(result.reason)}")
        for decision in result.decisions:
            self._tell(alerts.about_gate(decision))

    def _tell(self, message: alerts.Alert | None) -> None:
        if message is None:
            return
        try:
            self.app.alerts.send(message)
        except NotDelivered as error:
            self.say(str(error))
