"""Combine several scores of a row: distances to accepted rows on several scales, the network, and PyOD's detectors."""
