"""Answers for shoppers, at once: from a model in memory, the catalog of the hour and events of the last second."""
