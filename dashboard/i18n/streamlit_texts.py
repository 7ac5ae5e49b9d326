"""Translate what Streamlit's own widgets say, which has no translation of its own, and name the language of the page to screen readers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from dashboard.i18n.language import current_language, tr

SCRIPT = Path(__file__).with_suffix(".js")
TAGS: Mapping[str, str] = {"zh": "zh-CN"}  # as HTML names languages


def draw_streamlit_texts() -> None:
    """Add the script that writes the texts; in English it takes back what another language wrote."""
    language = current_language()
    settings: dict[str, object] = {"lang": TAGS.get(language, language), "texts": [], "patterns": []}
    if language != "en":
        settings |= {"texts": list(_texts().items()), "patterns": list(_patterns().items())}
    with st.container(key="streamlit_texts"):
        st.html(f"<script>{SCRIPT.read_text(encoding='utf-8').replace('SETTINGS', json.dumps(settings))}</script>", unsafe_allow_javascript=True)


def _texts() -> Mapping[str, str]:
    """Return whole texts, as Streamlit has them, with their translations."""
    return {
        "Press Enter to apply": tr("Press Enter to apply"),
        "Press Ctrl+Enter to apply": tr("Press Ctrl+Enter to apply"),
        "Press ⌘+Enter to apply": tr("Press ⌘+Enter to apply"),
        "Upload": tr("Upload"),
        "Add files": tr("Add files"),
        "Drag and drop a file here": tr("Drag and drop a file here"),
        "No results": tr("No results"),
        "Choose an option": tr("Choose an option"),
        "Choose options": tr("Choose options"),
        "Open": tr("Open the list"),
        "Clear value": tr("Clear"),
        "Clear all": tr("Clear all"),
        "Select all": tr("Select all"),
        "Choose date": tr("Choose a date"),
        "Clear date": tr("Clear the date"),
        "Show/hide columns": tr("Show or hide columns"),
        "Search": tr("Search"),
        "Type to search": tr("Type to search"),
        "Close Search": tr("Close the search"),
        "Next Result": tr("Next result"),
        "Previous Result": tr("Previous result"),
        "Fullscreen": tr("Full screen"),
        "Close fullscreen": tr("Leave full screen"),
        "Clear selection": tr("Clear the selection"),
        "Sort ascending": tr("Sort ascending"),
        "Sort descending": tr("Sort descending"),
        "Format": tr("Format"),
        "Autosize": tr("Fit the width"),
        "Pin column": tr("Pin the column"),
        "Unpin column": tr("Unpin the column"),
        "Hide column": tr("Hide the column"),
        "Copy column name": tr("Copy the name of the column"),
        "Statistics": tr("Statistics"),
        "Previous page": tr("Previous page"),
        "Next page": tr("Next page"),
        "Pagination": tr("Pages"),
        "Copy to clipboard": tr("Copy the text"),
        "Copied": tr("Copied"),
        "Sidebar": tr("Menu"),
        "App pages": tr("Pages of the dashboard"),
        "Collapse sidebar": tr("Hide the menu"),
        "Expand sidebar": tr("Show the menu"),
        "Main menu": tr("Settings of the view"),
        "Skip to main content": tr("Skip to the content"),
        "System": tr("As the device"),
        "Light": tr("Light"),
        "Dark": tr("Dark"),
        "Print": tr("Print"),
        "Record screen": tr("Record the screen"),
        "Stop": tr("Stop"),
        "Close": tr("Close"),
        "Connection error": tr("The connection is lost"),
        "Page not found": tr("There is no such page"),
    }


def _patterns() -> Mapping[str, str]:
    """Return regular expressions of texts with a varying part, with their translations, which name it `$1`."""
    return {
        r"Page (\d+)": tr("Page {part}", part="$1"),
        r"Help for (.+)": tr("Help for {part}", part="$1"),
        r"(\d+\S+) per file(?: • .*)?": tr("{part} a file at most", part="$1"),
    }
