"""Tells people of what they must know: blocked batches, files that could not be read, closed gates, failed jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.domain import Decision, Run, counted
from sluice.errors import NotDelivered
from sluice.messages import render


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to be told; never holds a cell's value."""

    title: str
    body: str


def about_run(run: Run) -> Alert | None:
    """What to tell of a run; None where nobody needs to know."""
    if run.state == "failed":
        return Alert(f"{run.dataset}: a file could not be read", render(run.error))
    if run.decision == "open" or run.kind in ("release", "replay", "undo"):
        return None
    what = "the audit failed" if run.kind == "audit" else f"batch {run.id} may not be learned from"
    held = f"{run.bad:,} of {counted(run.rows, 'row')} {'is' if run.bad == 1 else 'are'} held"
    return Alert(f"{run.dataset}: {what}", "\n".join((held, *map(render, run.reasons))))


def about_gate(decision: Decision) -> Alert | None:
    """What to tell of a gate that was asked for training; None where it is open."""
    if decision.open:
        return None
    return Alert(f"{decision.dataset}: the gate is {decision.state}", "\n".join(map(render, decision.reasons)))


def about_failure(job: str, why: str) -> Alert:
    """What to tell of a job that broke."""
    return Alert(f"the job {job} failed", why)


@dataclass(frozen=True, slots=True)
class Alerts:
    """Sends messages to every configured address (e-mail, webhook, chat: what apprise knows).

    Attributes:
        shop: Named in every title.
        addresses: Apprise URLs; none: messages go nowhere.
    """

    shop: str
    addresses: Sequence[str] = ()

    def send(self, message: Alert) -> None:
        """Send one message to all addresses.

        Raises:
            NotDelivered: An address is not understood, or did not take it.
        """
        if not self.addresses:
            return
        import apprise

        courier = apprise.Apprise()
        unknown = [address.partition(":")[0] for address in self.addresses if not courier.add(address)]
        if unknown:
            raise NotDelivered(f"alerts: no service is called {', '.join(unknown)}; see the list of apprise's addresses")
        if not courier.notify(title=f"{self.shop} · {message.title}", body=message.body, body_format=apprise.NotifyFormat.TEXT):
            raise NotDelivered(f"alerts: {message.title!r} was not delivered; check the addresses under `alerts` in sluice.yaml")
