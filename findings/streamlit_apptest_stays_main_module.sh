#!/usr/bin/env bash
# Streamlit 1.67.0: AppTest puts its page in the place of `__main__` and leaves it there. A process that multiprocessing starts afterwards runs that page first:
# here the page's text is printed by the child, and a page that fails outside Streamlit ends every pool of processes (BrokenProcessPool) in a later test.
set -euo pipefail; unset PYTHONPATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q streamlit==1.67.0
cat > "$folder/page.py" <<'P'
import streamlit as st

st.write("a page")
print("the page runs as", __name__, flush=True)
P
cat > "$folder/several.py" <<'P'
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from streamlit.testing.v1 import AppTest

if __name__ == "__main__":
    before = sys.modules["__main__"]
    AppTest.from_file("page.py").run()
    print("main module is as before:", sys.modules["__main__"] is before, flush=True)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        print("the pool answers", pool.submit(abs, -1).result())
P
cd "$folder"
venv/bin/python several.py 2>/dev/null | tee seen
grep -q "main module is as before: False" seen
grep -q "the page runs as __mp_main__" seen
