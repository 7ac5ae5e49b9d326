"""Share the life cycle of learned detectors: split history, fit, calibrate, judge, update and monitor."""
