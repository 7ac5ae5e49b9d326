#!/usr/bin/env bash
# zstandard 0.25.0: ZstdDecompressor().stream_reader() reads a file that was cut short to its end without an error, so that rows are lost unseen. A
# decompressobj() tells: its `eof` stays False. gzip, bz2 and lzma of the standard library raise EOFError.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet zstandard==0.25.0
"$folder/venv/bin/python" - <<'PYTHON'
import io

import zstandard

text = b"a,b\n" * 100_000
short = zstandard.compress(text)[:-10]
read = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(short)).read()
print(f"stream_reader: {len(read):,} of {len(text):,} bytes, no error")
assert 0 < len(read) < len(text)
frame = zstandard.ZstdDecompressor().decompressobj()
frame.decompress(short)
print("decompressobj: eof", frame.eof)
assert not frame.eof
PYTHON
