"""Measure which roles `sluice init` declares rightly on the first day of each platform, and which types other libraries infer.

Frictionless describes the same files. Polars reads them with `try_parse_dates`, over all rows, with the right separator. Both are compared for types only,
on the files that they can read at all (CSV, TSV, JSON lines); a file that they cannot read counts as wrong in every column.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from benchmarks.figures import Figure, main
from benchmarks.first_contact.declared import describe
from benchmarks.first_contact.figures_of_month import role_figures, share
from benchmarks.first_contact.landing import land
from benchmarks.first_contact.layouts import Csv
from benchmarks.first_contact.peer_environment import ask_peer
from benchmarks.first_contact.platforms import PLATFORMS
from benchmarks.first_contact.platforms.platform import Platform
from benchmarks.first_contact.roles import Role, judge_roles
from benchmarks.first_contact.shop import Shop, draw_shop
from benchmarks.first_contact.truth import Sheet

SEED = 11
FRICTIONLESS = """
import json, sys
from frictionless import Resource
NAMES = {"datetime": "timestamp", "year": "integer", "yearmonth": "date"}
answers = []
for path in json.load(sys.stdin):
    try:
        resource = Resource(path=path[1:], basepath="/")
        resource.infer(stats=False)
        answers.append([[field.name, NAMES.get(field.type, field.type)] for field in resource.schema.fields])
    except Exception:
        answers.append([])
print(json.dumps(answers))
"""


def polars_types(sheet: Sheet) -> Mapping[str, str]:
    """Return the types that Polars infers from a file, by column; nothing where it cannot read it."""
    content = io.BytesIO(sheet.content())
    try:
        if isinstance(sheet.layout, Csv):
            frame = pl.read_csv(content, separator=sheet.layout.separator, try_parse_dates=True, infer_schema_length=None, has_header=sheet.table.header)
        else:
            frame = pl.read_ndjson(content)
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        return {}
    names = frame.columns if sheet.table.header else [column.name for column in sheet.table.columns]
    return {name: _type_name(dtype) for name, dtype in zip(names, frame.dtypes, strict=False)}


def _type_name(dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return "integer"
    if dtype.is_float() or dtype.is_decimal():
        return "number"
    return {pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "timestamp"}.get(dtype.base_type(), "string")


def types_right(sheets: Sequence[Sheet], answers: Sequence[Mapping[str, str]]) -> float:
    """Return the share of the columns whose type is right."""
    judged = [answer.get(column.name) in column.types for sheet, answer in zip(sheets, answers, strict=True) for column in sheet.table.columns if column.types]
    return share(sum(judged), len(judged))


def declared_roles(shop: Shop, platforms: Sequence[Platform]) -> list[Role]:
    """Describe the first day of each platform, and print every wrong role."""
    roles: list[Role] = []
    for platform in platforms:
        with tempfile.TemporaryDirectory() as folder:
            declared = describe(Path(folder), platform, shop)
        if declared.failure:
            print(f"{platform.name}: {declared.failure}")
        judged = judge_roles(platform, declared.config, declared.taken)
        for role in judged:
            if not role.correct and role.kind != "personal" and not declared.failure:
                print(f"{role.platform}: {role.table}.{role.column} {role.kind} is {role.declared}, right: {role.right}")
        roles += judged
    return roles


def measure(options: argparse.Namespace) -> Sequence[Figure]:
    """Compare Sluice, Polars and Frictionless with the truth."""
    shop, platforms = draw_shop(SEED), PLATFORMS[:3] if options.quick else PLATFORMS
    roles = declared_roles(shop, platforms)
    flat = [sheet for platform in platforms for sheet in platform.files(shop, 0) if not sheet.table.nested and not sheet.file.endswith("xml")]
    flat = [sheet for sheet in flat if not any("." in column.name for column in sheet.table.columns)]
    with tempfile.TemporaryDirectory() as folder:
        land(Path(folder), flat, 0)
        answers = ask_peer("frictionless", FRICTIONLESS, [str(Path(folder) / "landing" / sheet.file) for sheet in flat])
    figures = list(role_figures(roles))
    tables = {sheet.table.name for sheet in flat}
    ours = share(*_counts([role for role in roles if role.kind == "type" and role.table in tables]))
    polars = types_right(flat, [polars_types(sheet) for sheet in flat])
    figures.append(Figure("types right, flat files", ours, "share", f"Polars: {polars:.3g}", ours / polars, len(flat)))
    if answers is not None:
        frictionless = types_right(flat, [dict(answer) for answer in answers])
        figures.append(
            Figure("types right, flat files, beside Frictionless", ours, "share", f"Frictionless: {frictionless:.3g}", ours / frictionless, len(flat))
        )
    return figures


def _counts(roles: Sequence[Role]) -> tuple[int, int]:
    return sum(role.correct for role in roles), len(roles)


if __name__ == "__main__":
    main(__doc__ or "", measure)
