"""Check that nobody changed the activity log: verify-log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sluice.cli.language import ntr, render, tr
from sluice.cli.output import ConfigOption, Format, FormatOption, say, show_one
from sluice.errors import UsageError

if TYPE_CHECKING:
    from sluice.domain import LogCheck, Message

app = typer.Typer()


@app.command("verify-log")
def verify_log(
    expect: Annotated[str, typer.Option("--expect", help="ENTRY:DIGEST as printed before: that entry must still be the same")] = "",
    config: ConfigOption = "sluice.yaml",
    form: FormatOption = Format.table,
) -> None:
    """Check that no entry of the activity log was changed or removed, and name the first one that was.

    Each entry has a digest of itself and of the digest before it: HMAC-SHA256 under the key in the environment variable SLUICE_LOG_KEY. Without a key it is
    plain SHA-256, which whoever can write the database could compute anew. Several keys are separated by blanks: the first one is written with, the others are
    those of earlier entries. Erased texts leave their digests, and are counted.
    An end that was cut off together with the count of entries shows where a digest that was printed before, and kept elsewhere, is given by --expect.

    Exit codes: 0 the log is intact; 1 it is not; 2 wrong usage; 3 an entry was written under a key that is not given.
    """
    from sluice.app import build
    from sluice.domain import Message

    number, digest = _parse(expect)
    with build(config) as sluice:
        check = sluice.store.activity.verify()
        differs = number is not None and sluice.store.activity.digest(number) != digest
    problem = check.problem or (Message.of("log_expected", entry=number) if differs else check.problem)
    _show(check, problem, form)
    if problem:
        raise typer.Exit(3 if problem.code == "log_key_unknown" else 1)


def _parse(expected: str) -> tuple[int | None, str]:
    number, colon, digest = expected.partition(":")
    if expected and not (number.isdecimal() and colon and digest):
        raise UsageError(tr("--expect: write ENTRY:DIGEST, as `sluice verify-log` prints it"))
    return (int(number) if expected else None), digest


def _show(check: LogCheck, problem: Message, form: Format) -> None:
    facts = {
        "intact": None if problem.code == "log_key_unknown" else not problem,
        "entries": check.entries,
        "digest": check.digest or None,
        "erased": check.erased,
        "unkeyed": check.unkeyed,
        "unchained": check.unchained,
        "broken": check.broken,
        "problem": problem or None,
    }
    show_one(facts, form, _sentence(check, problem))
    if form is Format.table:
        for note in _notes(check):
            say(note)


def _sentence(check: LogCheck, problem: Message) -> str:
    if problem.code == "log_key_unknown":
        return tr("the activity log cannot be checked: a key is missing: {problem}", problem=render(problem))
    if problem:
        return tr("the activity log is not intact: {problem}", problem=render(problem))
    intact = ntr("the activity log is intact: {count} entry", "the activity log is intact: {count} entries", check.entries)
    return intact + (tr("; the newest is {entry}:{digest}", entry=check.entries, digest=check.digest) if check.entries else "")


def _notes(check: LogCheck) -> list[str]:
    erased = ntr("{count} text was erased, as the log records", "{count} texts were erased, as the log records", check.erased)
    notes = [erased] if check.erased and not check.problem else []
    if check.unkeyed:
        notes.append(
            ntr(
                "{count} entry without a key: whoever can write the database could write it anew; set SLUICE_LOG_KEY",
                "{count} entries without a key: whoever can write the database could write them anew; set SLUICE_LOG_KEY",
                check.unkeyed,
            )
        )
    if check.unchained:
        notes.append(
            ntr(
                "{count} entry from before the log was chained: not checked",
                "{count} entries from before the log was chained: not checked",
                check.unchained,
            )
        )
    return notes
