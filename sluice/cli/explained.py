"""Show what a language model says of an incident, beside the facts that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sluice.cli.language import spoken, tr
from sluice.cli.output import Format, show_one

if TYPE_CHECKING:
    from sluice.app.language_model.explaining import Explained
    from sluice.rules.language_model.explanations import Statement


def show_explained(config: str, incident: int, form: Format) -> None:
    """Explain an incident, and print it.

    Args:
        config: Path of sluice.yaml.
        incident: Number of the incident.
        form: Text for people, or JSON.
    """
    from sluice.app import build
    from sluice.app.language_model.explaining import explain_incident

    with build(config) as sluice:
        explained = explain_incident(sluice, incident, spoken())
    causes, steps = ([one.model_dump() for one in statements] for statements in (explained.causes, explained.steps))
    facts = {"incident": incident, "summary": explained.summary, "causes": causes, "steps": steps, "facts": explained.facts, "model": explained.model}
    show_one(facts, form, "\n".join(_lines(explained)))


def _lines(explained: Explained) -> Iterator[str]:
    yield tr("in the words of {model}, which may be wrong:", model=explained.model)
    yield explained.summary
    yield from _section(tr("probable causes"), explained.causes)
    yield from _section(tr("what to do"), explained.steps)
    yield ""
    yield tr("what was recorded")
    yield from (f"  {number}. {fact}" for number, fact in enumerate(explained.facts, 1))


def _section(title: str, statements: Sequence[Statement]) -> Iterator[str]:
    if statements:
        yield ""
        yield title
        yield from (f"  - {one.text.strip()} [{', '.join(map(str, one.facts))}]" for one in statements)
