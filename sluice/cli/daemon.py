"""Run `sluice serve`: the schedule, the requests, the dashboard and the HTTP API in one place, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

from sluice import schedule
from sluice.app import App, build, process_requests, vacuum
from sluice.app.alerting import deliver, tell
from sluice.app.lineage import deliver_lineage
from sluice.app.request_handlers import HANDLERS
from sluice.app.requests import LABELLING, PUBLISH_NOTHING, pending_requests
from sluice.cli.language import error_text, ntr, render, tr, word
from sluice.cli.servers import Servers
from sluice.domain import Message, RequestKind, Run
from sluice.errors import Cancelled, Interrupted, LeaseHeld, SluiceError
from sluice.messages import error_message
from sluice.rules.alerts import about_failure
from sluice.wiring import clock

HEARTBEAT_SECONDS = 5.0
MOST_QUIET = 60  # turns of `HEARTBEAT_SECONDS`
SETTLING_TIME = timedelta(seconds=5)  # a file that was written to more recently may be incomplete


def serve(app: App, *, say: Callable[[str], None]) -> None:
    """Run until interrupted; the batch under way is finished, and nothing is left running.

    Args:
        app: The application.
        say: Prints a line for the person at the terminal.

    Raises:
        UsageError: Dashboard or HTTP API could be reached by people who do not sign in.
        StoreError: Another machine uses a store that serves one.
        SluiceError: A port is taken, or dashboard or HTTP API ended by itself.
    """
    servers = Servers(app.config, app.path, os.environ)
    stop = _stop_on_signals()
    jobs = JobRunner(app, say, stop)
    jobs.beat()
    every = {
        "heartbeat": (HEARTBEAT_SECONDS, jobs.beat),
        "requests": (HEARTBEAT_SECONDS, jobs.job("requests")),
        "trials": (HEARTBEAT_SECONDS, jobs.beside(PUBLISH_NOTHING)),
        "labels": (HEARTBEAT_SECONDS, jobs.beside(LABELLING)),
        "alerts": (HEARTBEAT_SECONDS, jobs.deliver),
        "lineage": (HEARTBEAT_SECONDS, jobs.lineage),
    }
    scheduler = schedule.start(jobs.crons(app), app.config.schedule_zone, app.store, clock.wall, every=every, ended=jobs.ended)
    jobs.schedule_anew = partial(schedule.put_crons, scheduler)
    try:
        servers.start(say)
        if notice := describe_missing_ingest(app.config.schedule.crons):
            say(notice)
        while not stop.wait(1):
            servers.require_alive()
    finally:
        stop.set()
        say("stopping: the batch under way is finished first; Ctrl-C again leaves it to the next start")
        servers.terminate()
        scheduler.shutdown(wait=True)
        jobs.app.close()
        servers.wait()


def describe_missing_ingest(crons: Collection[str]) -> str:
    """Return the line for a schedule by which no job reads files; empty where one does.

    Args:
        crons: Names of the jobs that have a cron line.
    """
    if "ingest" in crons:
        return ""
    return tr('no job reads files: write `ingest: "15 * * * *"` under `schedule` in sluice.yaml, which counts at once')


def _stop_on_signals() -> threading.Event:
    """Make an event that the first Ctrl-C sets; the second one ends the process where it stands, which loses nothing."""
    stop = threading.Event()

    def handle(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
    return stop


def _when(app: App) -> tuple[Mapping[str, str], str]:
    return app.config.schedule.crons, app.config.schedule_zone


class JobRunner:
    """Run one job at a time, and beside it what publishes nothing; a job that fails is reported, and the next one goes on.

    A configuration that was edited counts from the next job on, its schedule among it, but for its addresses; one that is wrong is reported, and the former one
    stays.
    """

    def __init__(self, app: App, say: Callable[[str], None], stop: threading.Event) -> None:
        """Store the application, and name this process in the heartbeat.

        Args:
            app: The application.
            say: Prints a line for the person at the terminal.
            stop: Set once the process is to end.
        """
        self.app = app
        self.say = say
        self.stop = stop
        self.name = socket.gethostname()
        self.lock = threading.Lock()
        self.failing: dict[str, str] = {}
        self.failures: dict[str, int] = {}
        self.read = app.path.read_bytes()
        self.schedule_anew: Callable[..., None] | None = None
        self.quiet = self.tries = 0  # turns for which the receiver of lineage is left alone, and how often in a row it was away

    def job(self, name: str) -> Callable[[], None]:
        """Return a job by its name."""
        actions: Mapping[str, Callable[[], object]] = {
            "ingest": self._ingest,
            "audit": self._audit,
            "retrain": self._retrain,
            "vacuum": self._vacuum,
            "requests": lambda: process_requests(self.app, HANDLERS.keys() - PUBLISH_NOTHING - LABELLING),
        }
        action = actions[name]

        def run_alone() -> None:
            with self.lock:
                self._raise_if_stopped()
                self._follow_configuration()
                action()

        return run_alone

    def crons(self, app: App) -> Mapping[str, tuple[str, Callable[[], None]]]:
        """Return the cron line and the action of each job of an application's schedule."""
        return {job: (cron, self.job(job)) for job, cron in app.config.schedule.crons.items()}

    def beside(self, kinds: Collection[RequestKind]) -> Callable[[], None]:
        """Return a job that carries out some kinds of requests by an application of its own: trials take minutes, and keep no other job waiting."""

        def run_beside() -> None:
            self._raise_if_stopped()
            if pending_requests(self.app, kinds):
                with build(self.app.path) as beside:
                    beside.checkpoint = self._raise_if_stopped
                    process_requests(beside, kinds)

        return run_beside

    def _follow_configuration(self) -> None:
        """Make the application anew where sluice.yaml was edited."""
        content = self.app.path.read_bytes()
        if content == self.read:
            return
        self.read = content
        try:
            edited = build(self.app.path, settling=self.app.settling)
            self._follow_schedule(edited)
        except SluiceError as error:
            self.ended("configuration", error)
            return
        former, self.app = self.app, edited
        former.close()
        self.ended("configuration", None)
        self.say(tr("{file} was edited: it counts from now on", file=edited.path.name))

    def _follow_schedule(self, edited: App) -> None:
        """Put the cron lines of an edited configuration in place of the former ones, where they differ."""
        if self.schedule_anew is None or _when(edited) == _when(self.app):
            return
        try:
            self.schedule_anew(self.crons(edited), edited.config.schedule_zone, edited.store, clock.wall, self.ended, self.app.config.schedule.crons)
        except SluiceError:
            edited.close()
            raise

    def beat(self) -> None:
        """Record that this process is alive, and on which machine.

        Raises:
            StoreError: Another machine uses a store that serves one.
        """
        self.app.store.use_here()
        self.app.store.activity.heartbeat(self.name)

    def deliver(self) -> None:
        """Send the alerts that wait, also while a long job is under way."""
        for failure in deliver(self.app):
            self.say(error_text(failure))

    def lineage(self) -> None:
        """Send the lineage events that wait; a receiver that is away is left alone for a time that doubles up to five minutes.

        Raises:
            NotDelivered: The receiver is away.
        """
        if self.quiet > 0:
            self.quiet -= 1
            return
        try:
            deliver_lineage(self.app)
        except SluiceError:
            self.tries += 1
            self.quiet = min(2**self.tries, MOST_QUIET)
            raise
        self.tries = 0

    def ended(self, job: str, error: BaseException | None) -> None:
        """Report a job that failed: once, until it fails otherwise; once it works again, how often it failed."""
        if job == "lineage" and error is None and self.tries:
            return  # a turn in which the receiver was left alone
        message = "" if error is None or isinstance(error, LeaseHeld | Interrupted) else error_text(error) or type(error).__name__
        if message:
            self.failures[job] = self.failures.get(job, 0) + 1
        elif times := self.failures.pop(job, 0):
            self.say(ntr("{job}: works again, after {count} failure", "{job}: works again, after {count} failures", times, job=job))
        if error is not None and message and message != self.failing.get(job):
            self.say(f"{job}: {message}")
        if error is not None and message and message != self.failing.get(job) and not isinstance(error, Cancelled):
            tell(self.app, about_failure(job, error_message(error) or Message.text(message)))
        self.failing[job] = message

    def _raise_if_stopped(self) -> None:
        if self.stop.is_set():
            raise Interrupted

    def _ingest(self) -> None:
        unanswered: list[Exception] = []
        with closing(self.app.run(self.app.pending_arrivals(on_source_error=unanswered.append), on_error=unanswered.append)) as runs:
            for run in runs:
                self.say(_format_run(run))
                self._raise_if_stopped()
        if unanswered:
            raise unanswered[0]

    def _audit(self) -> None:
        for dataset in self.app.config.datasets:
            self.app.audit(dataset)
            self._raise_if_stopped()

    def _retrain(self) -> None:
        result = self.app.retrain(by="schedule")
        self.say(f"retrain: {render(result.reason)}")

    def _vacuum(self) -> None:
        if count := sum(removal.count for removal in vacuum(self.app)):
            self.say(ntr("vacuum: {count} old file or record was deleted", "vacuum: {count} old files and records were deleted", count))


def _format_run(run: Run) -> str:
    """Format a run in one line."""
    name = Path(run.uri).name or run.kind
    repeats = run.copies + run.superseded
    counts = [tr("{rows:,} clean", rows=run.good), tr("{rows:,} held", rows=run.bad), *([tr("{rows:,} repeated", rows=repeats)] if repeats else [])]
    summary = tr("{dataset} {name}: {counts}", dataset=run.dataset, name=name, counts=tr(", ").join([*counts, word(run.decision)]))
    return " ".join((summary, *map(render, run.reasons), render(run.error))).strip()
