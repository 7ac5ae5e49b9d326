"""Store a trained recommender as safetensors bytes, and load it again."""
