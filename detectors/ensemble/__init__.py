"""Several judges of a row as one: distances to accepted rows on several scales, the network, and PyOD's detectors."""
