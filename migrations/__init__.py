"""Migrate the database schema step by step (Alembic)."""
