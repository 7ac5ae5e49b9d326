"""Generate the reference pages and the JSON Schema of sluice.yaml from the code."""
