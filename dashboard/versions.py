"""The versions of a line of models as a table, and how to go back to the one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from dashboard import look
from dashboard.language import tr
from sluice.domain import Model


def history(title: str, versions: Sequence[Model], line: Callable[[Model], Mapping[str, object]], config: str) -> None:
    """Draw them.

    Args:
        title: What they are called.
        versions: The newest first.
        line: A version as a line of the table.
        config: Where the configuration lies.
    """
    st.subheader(title, anchor=False)
    look.table([line(each) for each in versions], "")
    if any(each.state == "retired" for each in versions):
        st.caption(tr("This makes the model before serve again:"))
        st.code(f"sluice models rollback {versions[0].name} --config {config}", language="bash")
