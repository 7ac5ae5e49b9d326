"""Measure which personal columns `sluice init` finds, over the exports of all platforms and made-up tables in five languages.

The peer is Presidio's analyzer with the recognizers that need no language model (patterns, check digits, phone numbers): a column counts as personal for it
where half of its values do. It judges values alone; Sluice also reads names of columns.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.figures import Figure, main
from benchmarks.first_contact.declared import configuration, describe, match
from benchmarks.first_contact.figures_of_month import share
from benchmarks.first_contact.labelled import sheets
from benchmarks.first_contact.landing import land
from benchmarks.first_contact.peer_environment import ask_peer
from benchmarks.first_contact.platforms import PLATFORMS
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.roles import Role, judge_roles
from benchmarks.first_contact.shop import Shop, draw_shop

SEED, SAMPLE = 11, 40
PRESIDIO = """
import json, sys, warnings
warnings.filterwarnings("ignore")
from presidio_analyzer import RecognizerRegistry
registry = RecognizerRegistry()
registry.load_predefined_recognizers(languages=["en", "es", "de"])
SKIPPED = {"URL", "DATE_TIME"}
recognizers = [one for one in registry.recognizers if "spacy" not in type(one).__name__.lower() and "nlp" not in type(one).__name__.lower()]
def personal(text):
    for one in recognizers:
        entities = [name for name in one.supported_entities if name not in SKIPPED]
        try:
            if entities and any(result.score >= 0.4 for result in one.analyze(text, entities, None) or []):
                return True
        except Exception:
            pass
    return False
columns = json.load(sys.stdin)
print(json.dumps([bool(values) and 2 * sum(map(personal, values)) >= len(values) for values in columns]))
"""

Labelled = tuple[str, bool, list[str]]
"""Name of a column in its table, whether it is personal, and some of its values."""


def labelled_tables(shop: Shop) -> Platform:
    """Return the made-up tables as if they were a platform."""
    written = sheets(shop)
    return Platform("tables of persons", tuple(sheet.table for sheet in written), lambda _shop, _number: written)


def judged(shop: Shop, platforms: Sequence[Platform]) -> Iterator[Role]:
    """Describe each platform's first day, and compare what is personal there."""
    for platform in platforms:
        with tempfile.TemporaryDirectory() as folder:
            declared = describe(Path(folder), platform, shop)
            yield from (role for role in judge_roles(platform, declared.config, declared.taken) if role.kind == "personal")
    with tempfile.TemporaryDirectory() as folder:
        people = labelled_tables(shop)
        written = people.sheets(shop, 0)
        land(Path(folder), written, 0)
        config, failure = configuration(Path(folder))
        if failure:
            print(f"tables of persons: {failure}")
        yield from (role for role in judge_roles(people, config, match(config, written) if config else {}) if role.kind == "personal")


def columns_of(shop: Shop, platforms: Sequence[Platform]) -> list[Labelled]:
    """List every column of every table, with some values as they are written."""
    return [
        (f"{platform.name}: {sheet.table.name}.{column.name}", bool(column.personal), values)
        for platform in [*platforms, labelled_tables(shop)]
        for sheet in platform.files(shop, 0)
        for column in sheet.table.columns
        if column.personal is not None
        for values in [[str(column.write(row[column.name])) for row in sheet.rows if row.get(column.name) is not None][:SAMPLE]]
    ]


def recall_and_precision(right: Sequence[bool], answered: Sequence[bool]) -> tuple[float, float]:
    """Compute recall and precision; 1 of nothing."""
    hits = sum(truth and answer for truth, answer in zip(right, answered, strict=True))
    return share(hits, sum(right)) if any(right) else 1.0, share(hits, sum(answered)) if any(answered) else 1.0


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Compare both with the labels."""
    shop, platforms = draw_shop(SEED), PLATFORMS[:3] if options.quick else PLATFORMS
    roles = list(judged(shop, platforms))
    for role in roles:
        if not role.correct:
            print(f"{role.platform}: {role.table}.{role.column} is {'not ' if role.declared != 'True' else ''}declared personal")
    recall, precision = recall_and_precision([role.right == "True" for role in roles], [role.declared == "True" for role in roles])
    columns = columns_of(shop, platforms)
    answers = ask_peer("presidio-analyzer", PRESIDIO, [values for _, _, values in columns])
    peer = recall_and_precision([personal for _, personal, _ in columns], answers) if answers else (None, None)
    number = sum(role.right == "True" for role in roles)
    name = "Presidio, patterns"
    return [
        Figure("personal columns, recall", recall, "", "" if peer[0] is None else f"{name}: {peer[0]:.3g}", recall / peer[0] if peer[0] else None, number),
        Figure(
            "personal columns, precision", precision, "", "" if peer[1] is None else f"{name}: {peer[1]:.3g}", precision / peer[1] if peer[1] else None, number
        ),
    ]


if __name__ == "__main__":
    main(__doc__ or "", measure)
