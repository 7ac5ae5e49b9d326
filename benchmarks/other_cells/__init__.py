"""Measure cleaning on tables for which nothing was developed: public ones, with planted errors."""
