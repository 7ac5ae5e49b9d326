"""Alert people to what needs them: blocked batches, files that could not be read, closed gates, failed jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sluice.domain import Decision, Run, counted
from sluice.errors import NotDelivered
from sluice.messages import render


@dataclass(frozen=True, slots=True)
class Alert:
    """Represent one alert; it never holds a cell's value."""

    title: str
    body: str


def about_run(run: Run) -> Alert | None:
    """Return the alert of a run; None where it needs nobody."""
    if run.state == "failed":
        return Alert(f"{run.dataset}: a file could not be read", render(run.error))
    if run.decision == "open" or run.kind in ("release", "replay", "recheck", "undo", "undo_release", "rebuild"):
        return None
    event = "the audit failed" if run.kind == "audit" else f"batch {run.id} may not be learned from"
    held = f"{run.bad:,} of {counted(run.rows, 'row')} {'is' if run.bad == 1 else 'are'} held"
    return Alert(f"{run.dataset}: {event}", "\n".join((held, *map(render, run.reasons))))


def about_gate(decision: Decision) -> Alert | None:
    """Return the alert of a gate that kept a training from starting; None where it is open."""
    if decision.open:
        return None
    return Alert(f"{decision.dataset}: the gate is {decision.state}", "\n".join(map(render, decision.reasons)))


def about_failure(job: str, error: str) -> Alert:
    """Return the alert of a job that failed."""
    return Alert(f"the job {job} failed", error)


@dataclass(frozen=True, slots=True)
class Alerts:
    """Send alerts to every configured address (e-mail, webhook, chat: the services that apprise supports).

    Attributes:
        shop: Named in every title.
        addresses: Apprise URLs; none: alerts are dropped.
    """

    shop: str
    addresses: Sequence[str] = ()

    def send(self, alert: Alert) -> None:
        """Send one alert to all addresses.

        Raises:
            NotDelivered: An address is not understood, or did not accept it.
        """
        if not self.addresses:
            return
        import apprise

        sender = apprise.Apprise()
        unknown = [address.partition(":")[0] for address in self.addresses if not sender.add(address)]
        if unknown:
            raise NotDelivered(f"alerts: no service is called {', '.join(unknown)}; see the list of apprise's addresses")
        if not sender.notify(title=f"{self.shop} · {alert.title}", body=alert.body, body_format=apprise.NotifyFormat.TEXT):
            raise NotDelivered(f"alerts: {alert.title!r} was not delivered; check the addresses under `alerts` in sluice.yaml")
