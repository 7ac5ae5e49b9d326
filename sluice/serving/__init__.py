"""Answer recommendation and search requests from memory."""
