"""Steps that are reported while they last."""

from __future__ import annotations

from collections.abc import Mapping

from sluice.messages.template import Template

TEMPLATES: Mapping[str, Template] = {
    "step_injecting": "injecting faults into accepted batches",
    "step_judging": "judging batches",
    "step_measuring_guarded": "measuring what is guarded",
    "step_publishing": "publishing batches",
    "step_reading": "reading {dataset}",
    "step_writing_demo": "writing the demo shop",
    "step_embedding": "embedding texts",
    "step_training": "training the recommender",
    "step_choosing": "choosing rows to label",
    "stage": "{stage:word}",
}
