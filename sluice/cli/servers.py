"""Start the processes that people and programs reach: the dashboard, and the HTTP API where it is configured."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from dashboard.access.requirements import describe_access, require_guarded
from dashboard.launch import command
from sluice.cli.language import render, tr
from sluice.cli.ports import refuse_taken_port
from sluice.config import Config
from sluice.errors import SluiceError

SHUTDOWN_SECONDS = 10.0


class Servers:
    """Hold the processes."""

    def __init__(self, config: Config, path: Path, environment: Mapping[str, str]) -> None:
        """Check that they may listen; nothing is started.

        Args:
            config: The configuration.
            path: Path of sluice.yaml.
            environment: Variables by name.

        Raises:
            UsageError: One of them could be reached by people who do not sign in, or a package is not installed.
            SluiceError: A port is taken.
        """
        require_guarded(config.dashboard, environment)
        refuse_taken_port("dashboard", config.dashboard, path)
        where = config.dashboard
        self._commands = {"dashboard": command(path, where.host, where.port)}
        self._addresses = {
            "dashboard": tr("http://{host}:{port} (Ctrl-C ends it); {access}", host=where.host, port=where.port, access=render(describe_access(where)))
        }
        if config.api is not None:
            self._add_api(config, path, environment)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def _add_api(self, config: Config, path: Path, environment: Mapping[str, str]) -> None:
        try:
            from sluice.api import access, server
        except ModuleNotFoundError as error:
            from sluice.messages import missing_extra

            raise missing_extra(error) or error from None
        where = server.require_api(config, path)
        access.tokens_of(where, environment)
        refuse_taken_port("api", where, path)
        self._commands["HTTP API"] = server.command(path)
        self._addresses["HTTP API"] = f"http://{where.host}:{where.port}; {render(access.describe_access(where))}"

    def start(self, say: Callable[[str], None]) -> None:
        """Start them, and say where each is."""
        for name, line in self._commands.items():
            self._processes[name] = subprocess.Popen(line, start_new_session=True)  # noqa: S603  # our own command line
            say(tr("the {server}: {address}", server=tr(name), address=self._addresses[name]))

    def require_alive(self) -> None:
        """Pass only where all of them are alive.

        Raises:
            SluiceError: One ended by itself.
        """
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise SluiceError(tr("the {server} ended by itself (exit code {code})", server=tr(name), code=process.returncode))

    def terminate(self) -> None:
        """Ask them to end."""
        for process in self._processes.values():
            process.terminate()

    def wait(self) -> None:
        """Wait until they have ended, and kill those that do not in time."""
        for process in self._processes.values():
            try:
                process.wait(SHUTDOWN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
