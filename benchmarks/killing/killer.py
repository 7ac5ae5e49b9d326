"""Kill runs of a shop at moments drawn by a seed."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.killing.checker import Losses, check
from benchmarks.killing.shop import Shop
from sluice.store import owners
from sluice.store.failpoints import FAIL_POINTS
from tests.processes import Started

SEED, EVERY = 14, 50
LEASE = 15.0  # seconds
HELD = 3  # the exit code of a run that found a dataset leased
_POINTS, _STOPPED = 0.35, 0.05  # shares of kills at fail points, and of processes that are stopped and go on


def run_as(machine: str, config: str) -> None:
    """Run the shop as a machine of a name: in the child, whose parent sees to its end."""
    owners._machine = lambda: (machine[:12], machine[:16], "1")  # type: ignore[assignment]  # noqa: SLF001  # one machine plays several
    from sluice.cli import main as command

    sys.argv = ["sluice", "run", "--config", config]
    command()


@dataclass
class Killer:
    """Kill runs of a shop.

    Attributes:
        shop: The shop.
        machines: Names of its machines; several work at the same time.
        options: How its lake is reached.
        seed: Draws moments and places.
    """

    shop: Shop
    machines: Sequence[str]
    options: dict[str, str]
    seed: int = SEED
    kills: int = 0
    stops: int = 0
    checks: int = 0
    losses: Losses = field(default_factory=Losses)
    _typical: float = 4.0

    def work(self, kills: int) -> None:
        """Kill until so many runs were killed, and count what is wrong after every 50."""
        rng, day = random.Random(self.seed), 0
        self.finish(day)
        while self.kills < kills:
            day += 1
            self.shop.land(day, self.seed)
            self._strike(rng)
            if self.kills % EVERY == 0 or self.kills >= kills:
                self.finish(day)

    def finish(self, day: int) -> None:
        """Let a run end, and count what is wrong."""
        for machine in self.machines:
            begun = time.monotonic()
            while (code := self._start(machine).end().code) == HELD:  # a lease of a killed run, of which another machine knows only that it is silent
                time.sleep(1)
            assert code == 0, code  # what is counted below is that of a run which ended
            self._typical = 0.5 * self._typical + 0.5 * (time.monotonic() - begun)
        if day:
            self.checks += 1
            self.losses = check(self.shop.database, self.shop.lake, self.options, self.shop.files)
            sys.stderr.write(f"{len(self.machines)} machines, {self.kills} kills, {self.stops} stops, day {day}: {self.losses}\n")

    def _strike(self, rng: random.Random) -> None:
        draw, victim = rng.random(), rng.choice(self.machines)
        point = rng.choice(FAIL_POINTS) if draw < _POINTS else ""
        workers = {machine: self._start(machine, point if machine == victim else "") for machine in self.machines}
        struck = workers.pop(victim)
        if not point:
            struck.wait(rng.uniform(0, self._typical))
            if draw > 1 - _STOPPED:
                self._stop(struck)
            struck.kill()
        self.kills += struck.end().code == -signal.SIGKILL
        for other in workers.values():
            other.end()  # it may have found all done, or its lease taken

    def _stop(self, worker: Started) -> None:
        """Stop a worker for longer than its lease, and let it go on beside a run that took its work over."""
        if not worker.running:
            return
        worker.send(signal.SIGSTOP)
        time.sleep(LEASE + 2)
        self._start(self.machines[0]).end()
        worker.send(signal.SIGCONT)
        worker.wait(self._typical)
        self.stops += 1

    def _start(self, machine: str, point: str = "") -> Started:
        return Started(run_as, machine, str(self.shop.config(machine)), kill_at=point)
