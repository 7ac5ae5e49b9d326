"""Serve recommendations online: from a model in memory, the current catalog, and events as recent as the last second."""
