"""Summarise the months of all platforms as figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.figures import Figure
from benchmarks.first_contact.month import FileResult, Followed
from benchmarks.first_contact.roles import Role

TYPES = ("type", "key", "time", "mode", "reference")


def share(part: float, whole: float) -> float:
    """Return a share; 0 of nothing."""
    return part / whole if whole else 0.0


def month_figures(months: Sequence[Followed]) -> Iterator[Figure]:
    """Summarise what became of right files."""
    files = [file for month in months for file in month.files]
    unread = [month.platform for month in months if month.failure]
    yield Figure("platforms whose export `init` cannot describe", len(unread), "", ", ".join(unread), n=len(months))
    wrong = sum(sum(file.wrong.values()) for file in files)
    yield Figure("right cells changed to a wrong value", wrong, "cells", f"of {sum(file.cells for file in files):,} compared", n=len(files))
    for number, name in ((0, "day 1"), (1, "day 2")):
        yield _held(name, [file for file in files if file.day == number])
    yield _held("all days", files)
    weeks = sum(days / 7 for month in months for _, days in month.open_days.values())
    findings = sum(len(month.findings) + len(month.errors) for month in months)
    yield Figure("findings a dataset and week, right data", share(findings, weeks), "", n=len(months))
    opened = [pair for month in months for pair in month.open_days.values()]
    yield Figure("days with the gate open, right data", share(sum(day for day, _ in opened), sum(days for _, days in opened)), "share", n=len(opened))


def _held(name: str, files: Sequence[FileResult]) -> Figure:
    rows, held = sum(file.rows for file in files), sum(file.held for file in files)
    worst = max((share(file.held, file.rows) for file in files if file.held > 1), default=0.0)
    return Figure(f"right rows held, {name}", share(held, rows), "share", f"worst file: {worst:.1%}", n=len(files))


def role_figures(roles: Sequence[Role]) -> Iterator[Figure]:
    """Summarise the roles that `init` declared."""
    judged = [role for role in roles if role.kind in TYPES]
    yield Figure("roles right: all", _right(judged), "share", n=len(judged))
    for kind in TYPES:
        of_kind = [role for role in judged if role.kind == kind]
        if of_kind:
            yield Figure(f"roles right: {kind}", _right(of_kind), "share", n=len(of_kind))


def _right(roles: Sequence[Role]) -> float:
    return share(sum(role.correct for role in roles), len(roles))
