"""Start the dashboard's server: for this machine alone, without any request to the outside, and for as long as its starter lives."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

APP = Path(__file__).with_name("app.py")
SERVER = Path(__file__).with_name("server.py")
OPTIONS: Mapping[str, str] = {
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "viewer",
    "client.disableDataExport": "true",  # its CSV carries live formulas and unmasked columns; the quarantine has its own export
    "client.showErrorDetails": "none",
    "theme.light.primaryColor": "#0f6e84",
    "theme.light.secondaryBackgroundColor": "#f3f6f8",
    "theme.dark.primaryColor": "#3aa7be",
    "theme.baseRadius": "medium",
}


def command(config_path: str | Path, host: str = "127.0.0.1", port: int = 8501) -> list[str]:
    """Return the command line that serves the dashboard until it, or the process that starts it, ends.

    Args:
        config_path: Path of sluice.yaml.
        host: Address to listen on; another one than this machine's own needs a sign-in, see `dashboard.access`.
        port: Port to listen on.
    """
    options = {"server.address": host, "server.port": str(port), **OPTIONS}
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "dashboard.launch", str(os.getpid()), "run", str(SERVER), *flags, "--", "--config", str(Path(config_path).resolve())]


def main() -> None:
    """Run Streamlit's command line, and exit when the starting process does: one that is killed cannot stop its dashboard."""
    from streamlit.web.cli import main as streamlit

    os.environ["FORWARDED_ALLOW_IPS"] = ""  # the peer of a connection is who it is, not whom a header names
    parent = int(sys.argv.pop(1))
    threading.Thread(target=exit_with, args=(parent,), daemon=True).start()
    streamlit(prog_name="streamlit")


def exit_with(parent: int) -> None:
    """Wait until the parent of this process is another one, then end."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    main()
