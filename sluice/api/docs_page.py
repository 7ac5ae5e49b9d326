"""Write the page that describes the HTTP API for people; it needs nothing of another host, and runs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from sluice.api.openapi import DESCRIPTION, KEY_TEXT, parameters_of
from sluice.api.operation import Operation

_STYLE = """:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{font:600 1rem/1.5 ui-monospace,monospace;margin:2rem 0 .2rem;border-top:1px solid #808890;padding-top:1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0}
code{font-family:ui-monospace,monospace}
"""
POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of the page: its own style, and nothing else."""


def docs_page(operations: Sequence[Operation[Any]]) -> str:
    """Return the page as HTML."""
    parts = [_section(operation) for operation in operations]
    text = escape(DESCRIPTION.replace("`", ""))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Sluice HTTP API</title><style>{_STYLE}</style></head><body>\n'
        f'<h1>Sluice HTTP API</h1>\n<p>{text}</p>\n<p>For programs: <a href="/openapi.json">openapi.json</a></p>\n{"".join(parts)}</body></html>\n'
    )


def _section(operation: Operation[Any]) -> str:
    properties, required = parameters_of(operation)
    rows = [_row(name, _place(operation, name), schema, required=name in required) for name, schema in properties.items()]
    if operation.writes:
        rows.append(_row("Idempotency-Key", "header", {"type": "string", "description": KEY_TEXT}, required=False))
    table = f"<table><tr><th>parameter</th><th>in</th><th>type</th><th>meaning</th></tr>\n{''.join(rows)}</table>\n" if rows else ""
    answer = f" The answer is <code>{operation.answer.__name__}</code>." if operation.answer else ""
    answer += f" The body is a file of {', '.join(operation.takes)}." if operation.takes else ""
    return (
        f'<h2 id="{operation.name}">{operation.method} {escape(operation.path)}</h2>\n'
        f"<p>{escape(operation.summary)} Least role: {operation.role}.{answer}</p>\n{table}"
    )


def _place(operation: Operation[Any], name: str) -> str:
    return "path" if name in operation.in_path else "body" if operation.writes else "query"


def _row(name: str, place: str, schema: Mapping[str, Any], *, required: bool) -> str:
    default = schema.get("default")
    meaning = schema.get("description", "") + (f" (default {default})" if default not in (None, []) else "")
    cells = (f"<code>{escape(name)}</code>", place, escape(_type_of(schema)) + ("" if required else ", optional"), escape(meaning))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"


def _type_of(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type_of(part) for part in schema["anyOf"] if part.get("type") != "null")
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return f"list of {_type_of(schema['items'])}" if schema.get("type") == "array" else str(schema.get("type", "any"))
