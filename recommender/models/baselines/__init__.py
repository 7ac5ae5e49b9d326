"""Provide models from the literature to compare with; `sluice.yaml` may name them, the defaults do not."""
