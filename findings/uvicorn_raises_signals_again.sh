#!/usr/bin/env bash
# uvicorn ends gracefully on SIGTERM, then raises the signal again with the handler that was there before. That of Python ends the process at once, so that no
# `finally` around `Server.run` is carried out. A handler that raises SystemExit, set before, lets it.
set -euo pipefail; unset PYTHONPATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet uvicorn==0.54.0
cat > "$folder/serve.py" <<'PYTHON'
import os, signal, sys, threading
import uvicorn

async def app(scope, receive, send):
    raise AssertionError("nobody asks")

if sys.argv[1] == "handler":
    def end(number, frame):
        raise SystemExit(0)
    signal.signal(signal.SIGTERM, end)
server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="error"))

def stop():
    while not server.started:
        pass
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=stop, daemon=True).start()
try:
    server.run()
finally:
    print("finally", flush=True)
PYTHON
without=$("$folder/venv/bin/python" "$folder/serve.py" plain; echo " code $?") || true
with=$("$folder/venv/bin/python" "$folder/serve.py" handler; echo " code $?")
echo "without a handler:$(echo $without); with one: $(echo $with)"
[ "$(echo $without)" = "code 143" ]
[ "$(echo $with)" = "finally code 0" ]
