"""Serve the pages behind their guards; `sluice serve` starts it by `dashboard.launch`, which lets no header name the peer of a connection."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.access.headers import SafeHeaders
from dashboard.access.installed import install
from dashboard.access.setup import guards_of, streamlit_secrets
from dashboard.data.shop import config_path
from sluice.config import load
from sluice.errors import SluiceError
from sluice.wiring import clock

try:
    where = load(config_path()).dashboard
    if where.proxy is not None and os.environ.get("FORWARDED_ALLOW_IPS") != "":  # a header could name the proxy as the peer
        raise SystemExit("sluice: start the dashboard by `sluice serve`, which lets no header name the peer of a connection")
    guarding, guards = guards_of(where, os.environ, clock.wall)
except SluiceError as error:
    raise SystemExit(f"sluice: {error}") from None
install(guarding)
app = st.App(
    Path(__file__).with_name("app.py"),
    secrets=streamlit_secrets(where, os.environ),
    middleware=[Middleware(SafeHeaders), *(Middleware(guard) for guard in guards)],
)
