"""Measure what data faults cost a recommender: a fast proxy model learns from clean and from faulty events, and is evaluated on the trusted hold-out."""
