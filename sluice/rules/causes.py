"""Name the other datasets that keep a gate from opening."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sluice.domain import Decision, Message


def named_runs(reasons: Iterable[Message]) -> frozenset[str]:
    """Return the ids of the runs that the reasons of a decision name.

    Example:
        >>> held = Message.of("newest_batch_closed", run="b1", reason=Message.of("batch_empty"))
        >>> named_runs([held])
        frozenset({'b1'})
    """
    parts = (part for reason in reasons for part in (reason, *_parts(reason)))
    return frozenset(str(part.params["run"]) for part in parts if "run" in part.params)


def _parts(reason: Message) -> Sequence[Message]:
    """Return the runs that a reason about several of them names."""
    runs = reason.params.get("runs")
    return [part for part in runs if isinstance(part, Message)] if isinstance(runs, tuple) else []


def reference_causes(decision: Decision, referenced: Mapping[str, Decision]) -> Iterator[Message]:
    """Yield a message for each dataset whose gate keeps another from opening: rows that refer to it are held, or could not be judged.

    Args:
        decision: Decision of the gate.
        referenced: Decisions of the datasets that the runs named in its reasons could not find their references in.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 3, 1, tzinfo=UTC)
        >>> orders = Decision("orders", "closed", (), at)
        >>> items = Decision("items", "unknown", (Message.of("no_batch_in_window"),), at)
        >>> [message.code for message in reference_causes(orders, {"items": items})]
        ['reference_never_came']
    """
    if decision.open:
        return
    for name, gate in referenced.items():
        codes = [reason.code for reason in gate.reasons]
        if codes == ["no_batch_in_window"]:
            yield Message.of("reference_never_came", reference=name)
        elif not gate.open:
            yield Message.of("reference_not_open", reference=name, state=gate.state, reasons=gate.reasons)
