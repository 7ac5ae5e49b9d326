"""Detect shifts of whole batches from accepted history, which no judge of single rows can see."""
