"""Errors of detectors."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "max_fpr_without_rows": "a max_fpr of {max_fpr:g} takes {needed:,} accepted rows to calibrate; {detector} has {rows:,}",
    "cuda_device_missing": "{detector}: torch finds {count} CUDA devices, and not {device}; say `device: auto`, or install torch with CUDA",
    "pyod_depends_on_batch": "PyOD's {algorithm} scores a row by the others of its batch, so no verdict could be repeated; use another, such as lof",
    "pyod_varies": "PyOD's {algorithm} scores otherwise each time it is fitted, so no verdict could be repeated; use another, such as lof",
    "pyod_cannot_fit": "PyOD's {algorithm} cannot be fitted to such rows: {error}",
    "drift_counts_of_another_version": "what was counted of earlier batches was counted by another version; ask for a refit",
    "model_bytes_damaged": "the model's bytes are damaged, or no detector of ours wrote them",
    "model_settings_changed": "{settings} changed since {detector} was fitted; it is refitted with the next batch",
    "detector_model_damaged": "the model of {detector} is damaged or of another version; `sluice detectors refit {detector}` makes a new one",
    "traffic_state_lacks": "what was learned of traffic lacks {error}; another version learned it: ask for a refit",
    "controlled_rate": "{rate:word} of {level:g}",
    "calibration_lacks_rows": "a {control} needs {needed:,} calibration rows, and there are {rows:,}",
}
