#!/usr/bin/env bash
# pyspark-client 4.2.0: `import pyspark.sql.connect` ends a process whose main module has neither a file nor a specification, such as `python -c`. It takes
# the process for a doctest, imports its own test utilities, which look for a whole Spark, find none with the client alone, and call sys.exit(-1): exit code 255,
# and no exception that `except Exception` or `except ImportError` would catch. Libraries that try to import pyspark (Great Expectations 1.24) then end such a process too.
# A specification for the main module is enough to import it.
set -euo pipefail; unset PYTHONPATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pyspark-client==4.2.0 'pandas<3'
cd "$folder"

try='
try:
    import pyspark.sql.connect
except Exception:
    print("an exception")
else:
    print("imported")
'
status=0
"$folder/venv/bin/python" -c "$try" >out 2>err || status=$?
echo "python -c: exit code $status; stdout: $(cat out); stderr: $(head -c 60 err)"
test "$status" = 255
test ! -s out

named='
import sys
from importlib.machinery import ModuleSpec
sys.modules["__main__"].__spec__ = ModuleSpec("__main__", None)
'
echo "with a specification: $("$folder/venv/bin/python" -c "$named$try")"
test "$("$folder/venv/bin/python" -c "$named$try")" = imported
