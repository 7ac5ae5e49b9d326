"""Detect anomalies in tables of mixed types: the autoencoder predicts each cell from the others, and so names the cells to blame."""
