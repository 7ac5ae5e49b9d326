"""The autoencoder for tables of mixed types: predicts each cell from the others, and so names the cells to blame."""
