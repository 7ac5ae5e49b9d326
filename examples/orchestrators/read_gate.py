"""Read a gate of Sluice over its HTTP API, with the standard library alone: for orchestrators whose environment has no Sluice.

As a command it exits as `sluice gate` does: 0 open, 1 closed, 2 wrong usage, 3 unknown or not answered.

    SLUICE_API_VIEWER=... python read_gate.py --url http://sluice.shop.example:8600 --dataset events
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit

EXIT_CODES = {"open": 0, "closed": 1, "unknown": 3}
TIMEOUT = 10.0  # seconds


class GateNotAnswered(Exception):  # it says what happened
    """Report that the service does not answer, or not with a gate; count the gate as not open."""


@dataclass(frozen=True)
class Gate:
    """Hold whether a dataset may be learned from now.

    Attributes:
        dataset: Name of the dataset.
        state: open, closed or unknown.
        reasons: Why it is not open.
        snapshot: Snapshot to learn from, where it is open.
    """

    dataset: str
    state: str
    reasons: tuple[str, ...]
    snapshot: str | None

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Return the gate of an answer, or of what `sluice gate --format json` prints."""
        return cls(answer["dataset"], answer["state"], tuple(reason["text"] for reason in answer["reasons"]), answer.get("snapshot"))

    @property
    def text(self) -> str:
        """Return it as one line."""
        return f"the gate of {self.dataset} is {self.state}{': ' if self.reasons else ''}{'; '.join(self.reasons)}"


def read_gate(url: str, dataset: str, token: str = "", timeout: float = TIMEOUT) -> Gate:
    """Return the gate of a dataset.

    Args:
        url: Address of the HTTP API: http://sluice.shop.example:8600.
        dataset: Name of the dataset.
        token: A token of the role viewer; none where the service needs none.
        timeout: Seconds to wait.

    Raises:
        GateNotAnswered: The service does not answer, or not with a gate.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise GateNotAnswered(f"{url} is no address of http or https")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"{url.rstrip('/')}/v1/datasets/{quote(dataset, safe='')}/gate", headers=headers)  # noqa: S310  # http or https, as above
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310  # likewise
            return Gate.of(json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        with error:
            raise GateNotAnswered(f"status {error.code}: {error.read()[:300].decode(errors='replace')}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GateNotAnswered(f"{url} does not answer with a gate ({type(error).__name__})") from None


def ask(url: str, dataset: str, variable: str = "SLUICE_API_VIEWER") -> Gate:
    """Return a gate; one that is not answered is unknown, never open.

    Args:
        url: Address of the HTTP API.
        dataset: Name of the dataset.
        variable: Environment variable that holds a token of the role viewer.
    """
    try:
        return read_gate(url, dataset, os.environ.get(variable, ""))
    except GateNotAnswered as error:
        return Gate(dataset, "unknown", (str(error),), None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read a gate, print it, and return the exit code."""
    parser = argparse.ArgumentParser(description="Read a gate of Sluice over its HTTP API.")
    parser.add_argument("--url", required=True, help="address of the HTTP API")
    parser.add_argument("--dataset", required=True, help="name of the dataset")
    parser.add_argument("--token-variable", default="SLUICE_API_VIEWER", help="environment variable that holds the token")
    options = parser.parse_args(arguments)
    gate = ask(options.url, options.dataset, options.token_variable)
    print(gate.text)
    write_outputs(gate, os.environ)
    return EXIT_CODES.get(gate.state, 3)


def write_outputs(gate: Gate, environment: Mapping[str, str]) -> None:
    """Write the outputs and the summary of a step of GitHub Actions, where it runs in one."""
    if path := environment.get("GITHUB_OUTPUT"):
        lines = {"state": gate.state, "snapshot": gate.snapshot or "", "reasons": json.dumps(gate.reasons)}
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={' '.join(value.split())}\n" for name, value in lines.items())
    if path := environment.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"### Gate of `{gate.dataset}`: {gate.state}\n\n" + "".join(f"- {' '.join(reason.split())}\n" for reason in gate.reasons) + "\n")


if __name__ == "__main__":
    sys.exit(main())
