"""The forms in which people write numbers, moments and truths; each form reads one text, and knows nothing of frames."""
