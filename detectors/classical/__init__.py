"""PyOD's detectors behind our protocol."""
