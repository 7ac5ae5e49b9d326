"""Tune settings of the models by trials on validation data; the hold-out is not read."""
