"""Read literals of the code, to compare the sentences that it writes with their translations."""

from __future__ import annotations

import ast


def filled(node: ast.expr, value: str) -> str:
    """Return the text of a literal, each of its fields filled with a value."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else value for part in node.values)
