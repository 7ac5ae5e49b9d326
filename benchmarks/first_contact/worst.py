"""List the worst failures of a measurement in plain lines: platform, column, reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from benchmarks.first_contact.month import Followed


def worst_of(month: Followed, limit: int = 12) -> Iterator[str]:
    """List what went wrong with a platform's right files, the most frequent first."""
    if month.failure:
        yield f"no configuration: {month.failure}"
    wrong = Counter[str]()
    examples: dict[str, tuple[str, str]] = {}
    held: dict[str, str] = {}
    for file in month.files:
        wrong.update({f"{file.table}.{name}": count for name, count in file.wrong.items()})
        examples |= {f"{file.table}.{name}": (old, new) for name, old, new in file.examples}
        if file.held:
            held.setdefault(f"{file.table}: {', '.join(file.reasons)[:160]}", f"day {file.day + 1}: {file.held} of {file.rows} rows held")
    for name, count in wrong.most_common(limit):
        yield f"changed: {name}, {count} cells, such as {examples.get(name)}"
    yield from (f"{text}: {cause}" for cause, text in list(held.items())[:limit])
    found_rules = Counter(f"{dataset}: {rule}" for _, dataset, rule in month.findings)
    yield from (f"finding on {count} days: {name[:200]}" for name, count in found_rules.most_common(limit))
    yield from (f"error: {error[:300]}" for error in month.errors[:limit])
    yield from (f"gate of {table} open on {opened} of {days} days" for table, (opened, days) in month.open_days.items() if opened < days)
    yield from (f"gate: {reason[:200]} ({count} days)" for reason, count in list(month.gate_reasons.items())[:4])
    yield from (
        f"role: {role.table}{'.' + role.column if role.column else ''} {role.kind} is {role.declared}, right: {role.right}"
        for role in month.roles
        if not role.correct and not month.failure
    )
