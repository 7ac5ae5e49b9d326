"""Install peers into an environment of their own, apart from Sluice's, and run scripts there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(tempfile.gettempdir()) / "sluice-benchmark-peers"


def peer_python(*packages: str) -> Path | None:
    """Return the interpreter of an environment that has some packages; None where they cannot be installed.

    Args:
        packages: Their names on PyPI, with versions where these matter.
    """
    folder = FOLDER / re.sub(r"[^\w.=-]+", "_", "+".join(packages))
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    installed = subprocess.run([str(python), "-m", "pip", "install", "-q", *packages], capture_output=True, check=False)
    return python if installed.returncode == 0 else None


def ask_peer(package: str | Sequence[str], script: str, question: object) -> Any:  # noqa: ANN401  # what the script prints
    """Run a script in a peer's environment: it reads JSON from stdin and prints JSON.

    Args:
        package: Name of the package on PyPI, or of several.
        script: Python code.
        question: Value that the script reads.

    Returns:
        The value that the script printed; None where the package cannot be installed or the script fails.
    """
    python = peer_python(*([package] if isinstance(package, str) else package))
    if python is None:
        print(f"{package}: cannot be installed here, left out")
        return None
    done = subprocess.run([str(python), "-c", script], input=json.dumps(question), capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{package}: {done.stderr.strip().splitlines()[-1:]}, left out")
        return None
    return json.loads(done.stdout.splitlines()[-1])
